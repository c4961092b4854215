package shapes

type Untagged struct{ Name string }

type Channel struct {
	C chan int `json:"c"`
}

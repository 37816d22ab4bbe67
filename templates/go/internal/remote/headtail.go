package remote

import (
	"fmt"
	"strings"
)

// headTail keeps the beginning and the end of a text that may be of any length.
type headTail struct {
	limit int
	head  []byte
	tail  []byte
	total int
}

func (h *headTail) write(text string) {
	h.total += len(text)
	room := min(h.limit-len(h.head), len(text))
	h.head = append(h.head, text[:room]...)
	h.tail = append(h.tail, text[room:]...)
	// Shortened now and then, so that each byte is moved once on the average.
	if len(h.tail) > 2*h.limit {
		h.tail = append(h.tail[:0], h.tail[len(h.tail)-h.limit:]...)
	}
}

// text gives at most limit bytes of it, the mark that stands for what is missing included.
func (h *headTail) text(limit int) (text string, cut bool) {
	if h.total <= limit {
		return valid(string(h.head) + string(h.tail)), false
	}
	mark := fmt.Sprintf("\n[... %d bytes left out ...]\n", h.total)
	room := limit - len(mark)
	if room <= 0 {
		return "", true
	}
	head, tail := room-room/2, room/2
	all := append(append([]byte{}, h.head...), h.tail...)
	mark = fmt.Sprintf("\n[... %d bytes left out ...]\n", h.total-head-tail)
	return valid(string(all[:head]) + mark + string(all[len(all)-tail:])), true
}

// valid makes UTF-8 of any bytes, without growing: protobuf takes nothing else as a text.
func valid(text string) string {
	return strings.ToValidUTF8(text, "?")
}

package agreement

import (
	"strings"
	"testing"
)

func TestPriorityIsATerm(t *testing.T) {
	a := demo(t)
	if a.PriorityClasses != 3 {
		t.Errorf("%d classes", a.PriorityClasses)
	}
	for purpose, class := range map[string]int{"border-examination": 1, "missing-persons": 2, "visa-application": 3, "serious-crime-investigation": 3} {
		if s, _ := a.SearchTerms(purpose); s.Priority != class || s.Articles[termPriority] != "15" {
			t.Errorf("%s: class %d by article %s", purpose, s.Priority, s.Articles[termPriority])
		}
	}
	if m := minimal(t); m.PriorityClasses != 0 {
		t.Errorf("an agreement without classes has %d", m.PriorityClasses)
	}
	for lang, want := range map[string]string{"en": "class of priority, 1 first: 2/3 (for", "es": "clase de prioridad, primero la 1: 2/3 (para"} {
		if !strings.Contains(strings.Join(strings.Fields(a.Render(lang)), " "), want) {
			t.Errorf("%s: %q is not shown", lang, want)
		}
	}
}

func TestPriorityFaults(t *testing.T) {
	const file = "articles/15-answer.yaml"
	for name, c := range map[string]struct{ old, new, want string }{
		"no unit":            {"priority: 2 of 3", "priority: 2", file + ":"},
		"another unit":       {"priority: 2 of 3", "priority: 2 h", "is not a class of so many; write it with its unit, for instance 1 of 3"},
		"beyond the classes": {"priority: 2 of 3", "priority: 4 of 3", "class 4 is not from 1 to 3"},
		"no class":           {"priority: 2 of 3", "priority: 0 of 3", "class 0 is not from 1 to 3"},
		"too many":           {"priority: 2 of 3", "priority: 1 of 30", file + ":"},
		"counted otherwise":  {"priority: 2 of 3", "priority: 2 of 4", "4 classes here, 3 elsewhere"},
		"a class is empty":   {"priority: 2 of 3", "priority: 1 of 3", "no purpose is of priority 2 of 3"},
		"a purpose has none": {"    - purposes: [missing-persons]\n      priority: 2 of 3\n", "", "searches for purpose missing-persons have no priority, and others have"},
		"set twice":          {"[missing-persons]\n      priority", "[missing-persons, border-examination]\n      priority", "priority for purpose border-examination is defined twice"},
	} {
		t.Run(name, func(t *testing.T) {
			files := readFolder(t, "../examples/agreements/co-us-demo")
			text := strings.Replace(string(files[file]), c.old, c.new, 1)
			if text == string(files[file]) {
				t.Fatal("nothing was changed")
			}
			files[file] = []byte(text)
			if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

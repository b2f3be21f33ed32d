package agreements_test

import (
	"testing"

	"convenio/agreement"
	agreements "convenio/examples/agreements"
)

func TestShippedExampleParses(t *testing.T) {
	files, err := agreements.Files(agreements.CoUsDemo)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agreement.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Fictional || a.Notice.In("es") == "" || a.Notice.In("en") == "" {
		t.Errorf("the example does not say in both languages that it is fictional")
	}
	back, err := agreement.ParseBundle(a.Bundle())
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest() != a.Digest() {
		t.Errorf("digest %s became %s through the bundle", a.Digest(), back.Digest())
	}
}

func TestNoOtherName(t *testing.T) {
	for _, name := range []string{"", ".", "..", "nothing", "../agreements", "co-us-demo/articles"} {
		if files, err := agreements.Files(name); err == nil {
			t.Errorf("%q gave %d files", name, len(files))
		}
	}
}

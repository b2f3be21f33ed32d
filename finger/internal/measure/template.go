package main

import (
	"flag"
	"os"
	"path/filepath"

	"convenio/finger"
)

var templates = flag.String("templates", "", "folder that keeps templates: those there are read instead of extracted, the others written")

// template extracts the image of a file, or reads the template kept of it: comparison can then be tuned without waiting.
func template(name string) (*finger.Template, error) {
	set := filepath.Base(filepath.Dir(name))
	kept := filepath.Join(*templates, set, filepath.Base(name)+".template")
	if *templates != "" {
		if b, err := os.ReadFile(kept); err == nil {
			return finger.ParseTemplate(b)
		}
	}
	t, err := finger.Extract(load(name, ppi[set]), measures{filepath.Base(name)})
	if err != nil || *templates == "" {
		return t, err
	}
	b, err := t.MarshalBinary()
	check(err)
	check(os.MkdirAll(filepath.Dir(kept), 0o755))
	check(os.WriteFile(kept, b, 0o644))
	return t, nil
}

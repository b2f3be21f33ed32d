package main

import (
	"errors"

	"github.com/spf13/cobra"

	"convenio/gallery/segment"
	"convenio/node"
)

func galleryCmd(io stdio) *cobra.Command {
	c := &cobra.Command{
		Use:   "gallery",
		Short: "Make, check and tidy galleries on disk",
		Long: `A gallery on disk is a folder of segments and a log, which a search maps into memory. The one that
a node keeps in its own folder (gallery: disk in node.yaml) is sealed, each person with a key of
their own, and follows the registry; it can be checked and copied while the node stands still. Any
other holds biometric data that are not encrypted: keep it on an encrypted volume, and after
erasures rebuild it and remove the old one.`,
		Example: `  convenio gallery rebuild --dir co
  convenio gallery rebuild --dir co --out gallery
  convenio gallery check gallery`,
	}
	c.AddCommand(galleryRebuildCmd(io))
	for _, k := range []struct {
		use, short, example string
		do                  func(*segment.Store, []string) error
		args                int
	}{
		{"check DIR", "Read everything in a gallery and tell of damage", "  convenio gallery check gallery",
			func(s *segment.Store, _ []string) error { return s.Verify() }, 1},
		{"fold DIR", "Turn a gallery's log into a segment, and write sparse segments anew", "  convenio gallery fold gallery",
			func(s *segment.Store, _ []string) error { return s.Fold() }, 1},
		{"copy DIR TO", "Copy a gallery as it is now", "  convenio gallery copy gallery gallery-2",
			func(s *segment.Store, a []string) error { return s.Snapshot(a[1]) }, 2},
	} {
		c.AddCommand(&cobra.Command{
			Use: k.use, Short: k.short, Example: k.example, Args: cobra.ExactArgs(k.args),
			RunE: func(_ *cobra.Command, args []string) (err error) {
				s, err := segment.Open(args[0])
				if err != nil {
					return hint(err, "rebuild the gallery from the registry: 'convenio gallery rebuild'")
				}
				defer func() { err = errors.Join(err, s.Close()) }()
				if err := k.do(s, args); err != nil {
					return err
				}
				people, fingers := s.Count()
				io.printf("%d people, %d fingers\n", people, fingers)
				return nil
			},
		})
	}
	return c
}

func galleryRebuildCmd(io stdio) *cobra.Command {
	var dir, out string
	c := &cobra.Command{
		Use:   "rebuild",
		Short: "Write the people of a node's registry into a gallery on disk",
		Long: `Writes everybody in the registry into a new gallery: with --out into that folder, not sealed;
without it into the node's own folder, sealed, in the place of the one that is there. The node must
not be running.`,
		Example: `  convenio gallery rebuild --dir co
  convenio gallery rebuild --dir co --out gallery`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			people, fingers, err := node.RebuildGallery(cmd.Context(), dir, out)
			if err != nil {
				return hint(err, "stop the node, and give --out a folder without a gallery")
			}
			io.printf("%d people, %d fingers\n", people, fingers)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the node (required)")
	c.Flags().StringVar(&out, "out", "", "folder for the gallery (default: the node's own, sealed)")
	required(c, "dir")
	return c
}

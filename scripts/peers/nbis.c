/* Runs NIST's mindtct and bozorth3 over a list of images, on one thread:
 *
 *   nbis LIST PPI > SCORES
 *
 * LIST has one PGM file (P5, 8 bits) a line. For each unordered pair of them it
 * writes a line "i j score", counting from 0, '-' where one gave no minutiae.
 * The last line is "# extract_seconds X compare_seconds Y" of processor time,
 * reading files left out. Minutiae are handed on as mindtct and bozorth3 do by
 * default: NIST's representation, the 150 of best quality, sorted by x, then y. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <glib.h>
#include <lfs.h>
#include <bozorth.h>

#define MAX_IMAGES 2000

struct found { int x, y, t, q; };

static int by_quality(const void *a, const void *b)
{
    return ((const struct found *)b)->q - ((const struct found *)a)->q;
}

static int by_place(const void *a, const void *b)
{
    const struct found *p = a, *q = b;
    return p->x != q->x ? p->x - q->x : p->y - q->y;
}

static unsigned char *read_pgm(const char *name, int *w, int *h)
{
    int top;
    FILE *f = fopen(name, "rb");
    if (!f || fscanf(f, "P5 %d %d %d", w, h, &top) != 3 || top != 255 || *w < 1 || *h < 1 || *w > 4000 || *h > 4000) {
        fprintf(stderr, "nbis: %s: not an 8-bit PGM\n", name);
        exit(1);
    }
    fgetc(f);
    unsigned char *pix = malloc((size_t)*w * *h);
    if (!pix || fread(pix, 1, (size_t)*w * *h, f) != (size_t)*w * *h) {
        fprintf(stderr, "nbis: %s: too short\n", name);
        exit(1);
    }
    fclose(f);
    return pix;
}

static int extract(unsigned char *pix, int w, int h, double ppi, struct xyt_struct *out)
{
    MINUTIAE *m;
    int *quality, *direction, *contrast, *flow, *curve, mw, mh, bw, bh, bd;
    unsigned char *binary;
    LFSPARMS parms = g_lfsparms_V2;

    out->nrows = 0;
    if (get_minutiae(&m, &quality, &direction, &contrast, &flow, &curve, &mw, &mh, &binary, &bw, &bh, &bd,
                     pix, w, h, 8, ppi / 25.4, &parms))
        return 0;
    int n = m->num;
    struct found *all = calloc(n + 1, sizeof *all);
    for (int i = 0; i < n; i++) {
        lfs2nist_minutia_XYT(&all[i].x, &all[i].y, &all[i].t, m->list[i], w, h);
        all[i].q = sround(m->list[i]->reliability * 100.0);
        if (all[i].t > 180)
            all[i].t -= 360;
    }
    qsort(all, n, sizeof *all, by_quality);
    if (n > DEFAULT_BOZORTH_MINUTIAE)
        n = DEFAULT_BOZORTH_MINUTIAE;
    qsort(all, n, sizeof *all, by_place);
    for (int i = 0; i < n; i++) {
        out->xcol[i] = all[i].x;
        out->ycol[i] = all[i].y;
        out->thetacol[i] = all[i].t;
    }
    out->nrows = n;
    free(all);
    free_minutiae(m);
    g_free(quality), g_free(direction), g_free(contrast), g_free(flow), g_free(curve), g_free(binary);
    return n;
}

int main(int argc, char **argv)
{
    static struct xyt_struct print[MAX_IMAGES];
    static char line[4096];
    int n = 0;
    clock_t extracting = 0, comparing = 0, start;

    if (argc != 3) {
        fprintf(stderr, "usage: nbis LIST PPI\n");
        return 2;
    }
    FILE *list = fopen(argv[1], "r");
    if (!list) {
        perror(argv[1]);
        return 1;
    }
    while (n < MAX_IMAGES && fgets(line, sizeof line, list)) {
        int w, h;
        line[strcspn(line, "\n")] = 0;
        unsigned char *pix = read_pgm(line, &w, &h);
        start = clock();
        extract(pix, w, h, atof(argv[2]), &print[n++]);
        extracting += clock() - start;
        free(pix);
    }
    fclose(list);
    int *score = calloc((size_t)n * n + 1, sizeof *score);
    start = clock();
    for (int i = 0; i < n; i++) {
        int probe = print[i].nrows ? bozorth_probe_init(&print[i]) : 0;
        for (int j = i + 1; j < n; j++)
            score[i * n + j] = print[i].nrows && print[j].nrows ? bozorth_to_gallery(probe, &print[i], &print[j]) : -1;
    }
    comparing = clock() - start;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            if (score[i * n + j] < 0)
                printf("%d %d -\n", i, j);
            else
                printf("%d %d %d\n", i, j, score[i * n + j]);
    printf("# extract_seconds %.6f compare_seconds %.6f\n", (double)extracting / CLOCKS_PER_SEC, (double)comparing / CLOCKS_PER_SEC);
    return 0;
}

# Lines of "work, tool, seconds, peak KiB, bytes" to one table of medians; the last column is Sluice's median over the tool's.

BEGIN { FS = "\t" }

{
    key = $1 FS $2
    if (!(key in runs)) { order[++tools] = key; work[key] = $1; name[key] = $2 }
    seconds[key, ++runs[key]] = $3
    if ($4 > peak[key]) { peak[key] = $4 }
    bytes[key] = $5
}

function median(key,    n, i, j, t, sorted) {
    n = runs[key]
    for (i = 1; i <= n; i++) {
        t = seconds[key, i] + 0
        for (j = i - 1; j >= 1 && sorted[j] > t; j--) { sorted[j + 1] = sorted[j] }
        sorted[j + 1] = t
    }
    low[key] = sorted[1]
    high[key] = sorted[n]
    return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

END {
    for (i = 1; i <= tools; i++) { middle[order[i]] = median(order[i]) }
    printf "| %-9s | %-8s | %8s | %15s | %7s | %8s | %11s |\n", "work", "tool", "median s", "fastest-slowest", "MB/s", "peak MiB", "Sluice / it"
    printf "| --------- | -------- | -------: | --------------: | ------: | -------: | ----------: |\n"
    for (i = 1; i <= tools; i++) {
        key = order[i]
        sluice = work[key] FS "sluice"
        ratio = (sluice in middle) ? sprintf("%.2f", middle[sluice] / middle[key]) : "-"
        memory = peak[key] > 0 ? sprintf("%.0f", peak[key] / 1024) : "-"
        printf "| %-9s | %-8s | %8.2f | %15s | %7.0f | %8s | %11s |\n", work[key], name[key], middle[key], \
            sprintf("%.2f-%.2f", low[key], high[key]), bytes[key] / 1e6 / middle[key], memory, ratio
    }
}

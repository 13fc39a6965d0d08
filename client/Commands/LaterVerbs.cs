namespace Sluice.Client;

/// <summary>Verbs that belong to the console and have not been built yet, each with what to do instead.</summary>
internal static class LaterVerbs
{
    private const string RunInstead =
        "sluice run runs a job class of your own; of what is built in, see sluice --help";

    /// <summary>Verbs that only a console has which can reach clusters.</summary>
    public static IReadOnlySet<string> OfClusters { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "jobs", "trace", "dev", "silo", "cluster" };

    /// <summary>By name; verbs below a verb with a space.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["group"] = "a job class of your own groups: see sluice run --help, and docs/jobs.md",
        ["join"] = RunInstead,
        ["distinct"] = "sluice sort --unique keeps one of equal records",
        ["top"] = "sluice wordcount --top N gives the most frequent words",
        ["repartition"] = RunInstead,
        ["gen orders"] = "use gen gensort or gen words",
        ["doctor"] = "sluice cluster silos shows which silos answer",
        ["context"] = "sluice config show prints every setting",
        ["completion"] = "sluice --help lists every verb",
    };
}

using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>
/// What the console itself refuses, each in one place; failures of jobs are in <see cref="SluiceErrors"/>.
/// </summary>
/// <remarks>
/// Codes: 2000 usage, 2100 cluster, 2200 verification, 2300 assemblies with jobs, 2900 what nobody foresaw. A code
/// keeps its meaning for ever.
/// </remarks>
internal static class ConsoleErrors
{
    /// <summary>What `sluice help CODE` says, by code.</summary>
    public static IReadOnlyDictionary<string, string> Catalogue { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["SLU2001"] = "There is no such verb. `sluice --help` lists them all.",
        ["SLU2002"] = "The verb has no such option. A value or file that starts with '-' goes behind a lone `--`.",
        ["SLU2003"] = "The verb belongs to the console but has not been built yet.",
        ["SLU2004"] = "A value cannot be read: sizes look like 64MiB, numbers like 1000.",
        ["SLU2005"] = "An option that takes a value stands without one.",
        ["SLU2006"] = "Something the verb cannot do without was not given.",
        ["SLU2007"] = "More was given than the verb takes.",
        ["SLU2008"] = "The option speaks about a job that goes on in a cluster; a job in this process ends with it.",
        ["SLU2009"] = "Standard input and output exist in this process only; silos read and write files.",
        ["SLU2010"] = "The format or key belongs to the console but has not been built yet.",
        ["SLU2011"] = "Standard input is read as lines, once, and as the only input.",
        ["SLU2012"] = "The configuration file is not a JSON object of settings.",
        ["SLU2013"] = "The configuration file names a setting that does not exist.",
        ["SLU2014"] = "No error has this code.",
        ["SLU2015"] =
            "Inputs and outputs are files and directories; object storage and other addresses have not been built yet.",
        ["SLU2016"] =
            "--assembly runs the job in this process: nothing can be said of a cluster beside it, on the command " +
            "line. SLUICE_CLUSTER and \"cluster\" in sluice.json do no harm there.",
        ["SLU2101"] = "This console, or this verb, cannot use clusters; jobs run in its own process.",
        ["SLU2102"] = "No gateway answers: none runs there, or it belongs to a cluster of another name.",
        ["SLU2103"] = "The cluster has no silo of that name.",
        ["SLU2104"] = "A port that a silo needs is taken by another process.",
        ["SLU2105"] = "A silo process ended before it was ready; its log says why.",
        ["SLU2106"] = "The waiting ended before the job did.",
        ["SLU2107"] = "Only a job that failed or was cancelled is run again.",
        ["SLU2108"] = "The cluster does not remember what the job was ordered with.",
        ["SLU2109"] = "A job that has ended cannot be cancelled; its output, if it succeeded, is in place.",
        ["SLU2111"] =
            "Silos remember lives of buffers of their last jobs only, and only of jobs whose buffers were watched.",
        ["SLU2112"] =
            "Silos remember how their jobs went; " +
            "a job in the console's own process is seen by an OpenTelemetry backend only.",
        ["SLU2201"] = "Records are not in order, or the result is not what it must be.",
        ["SLU2203"] = "A benchmark is slower than the earlier one by more than the given share.",
        ["SLU2204"] = "The file is no benchmark of this kind.",
        ["SLU2202"] = "A file cannot be written.",
        ["SLU2301"] =
            "The assembly with the job's class does not exist: it is the .dll that a build of its project makes.",
        ["SLU2302"] =
            "The file with the job's class cannot be loaded: it is no .NET assembly with code for this machine.",
        ["SLU2303"] =
            "The assembly was built against another version of Sluice, or of .NET, than this console has: " +
            "a newer one, or one that made other promises.",
        ["SLU2304"] = "The assembly holds no job: a class that implements Sluice.Jobs.IJob.",
        ["SLU2305"] =
            "The assembly has no job of that name. A job is called by its class's name, with or without the " +
            "namespace, or by its JobName attribute; capital and small letters differ.",
        ["SLU2306"] = "Several jobs of the assembly have that name; with its namespace each has a name of its own.",
        ["SLU2307"] =
            "The class cannot be made: a job's class implements IJob, is neither abstract nor generic, and has a " +
            "public constructor without parameters, which does not throw.",
        ["SLU2308"] =
            "Two jobs of a silo have the same name, those that come along (sort, wordcount) included; there jobs are " +
            "started by name.",
        ["SLU2901"] = "Sluice met a failure it does not know: a defect, which we would like to hear of.",
    };

    public static SluiceError UnknownVerb(string verb, string where, string? nearest) => new(
        "SLU2001", ErrorKind.Usage, $"there is no verb '{verb}'", where,
        nearest is null ? $"list all verbs with {where} --help" : $"did you mean '{nearest}'?");

    public static SluiceError UnknownOption(string option, string where, string? nearest) => new(
        "SLU2002", ErrorKind.Usage, $"there is no option '{option}'", where,
        nearest is null ? $"list all options with {where} --help" : $"did you mean '{nearest}'?");

    public static SluiceError VerbNotThereYet(string verb, string instead) => new(
        "SLU2003", ErrorKind.Usage, $"'{verb}' is not there yet", $"sluice {verb}", instead);

    public static SluiceError BadValue(string value, string what, string where, string example) => new(
        "SLU2004", ErrorKind.Usage, $"'{value}' is not {what}", where, $"write it like {example}");

    public static SluiceError BadOption(string message, string where) => new(
        "SLU2004", ErrorKind.Usage, message, where, "correct the value and run again");

    public static SluiceError GivenTwice(string option, string where) => new(
        "SLU2004", ErrorKind.Usage, $"'{option}' is given more than once", where, "give it once");

    public static SluiceError ValueMissing(string option, string where) => new(
        "SLU2005", ErrorKind.Usage, $"'{option}' needs a value", where, $"see {where} --help");

    public static SluiceError Missing(string what, string where) => new(
        "SLU2006", ErrorKind.Usage, $"{what} is missing", where, $"see {where} --help");

    public static SluiceError TooMany(string argument, string where) => new(
        "SLU2007", ErrorKind.Usage, $"'{argument}' is one too many", where, $"see {where} --help");

    public static SluiceError OnlyWithCluster(string option, string where) => new(
        "SLU2008", ErrorKind.Usage, $"'{option}' makes sense with a cluster only", where,
        $"leave {option} out, or name a cluster with --cluster");

    public static SluiceError StreamWithCluster(string where) => new(
        "SLU2009", ErrorKind.Usage, "'-' cannot be used with a cluster", where,
        "name a file or a directory that every silo reaches");

    public static SluiceError FormatNotThereYet(string what, string option) => new(
        "SLU2010", ErrorKind.Usage, $"{what} is not there yet", option,
        "use --format lines or gensort, and --key FIRST-LAST in bytes");

    public static SluiceError BadStandardInput(string what, string help) => new(
        "SLU2011", ErrorKind.Usage, what, "-", help);

    public static SluiceError BadConfigurationFile(string path, string why) => new(
        "SLU2012", ErrorKind.Usage, $"the configuration cannot be used: {why}", path,
        "write it like {\"memory\": \"512MiB\", \"parallelism\": 4}");

    public static SluiceError UnknownSetting(string name, string path, string? nearest) => new(
        "SLU2013", ErrorKind.Usage, $"there is no setting '{name}'", path,
        nearest is null ? "list all settings with sluice config show" : $"did you mean '{nearest}'?");

    public static SluiceError UnknownCode(string code, string? nearest) => new(
        "SLU2014", ErrorKind.Usage, $"there is no error '{code}'", "sluice help",
        nearest is null ? "codes look like SLU1201; every error prints its own" : $"did you mean '{nearest}'?");

    public static SluiceError StoreNotThereYet(string address, string where) => new(
        "SLU2015", ErrorKind.Usage, $"'{address}' is an address, and object storage is not there yet", where,
        "name a file or a directory; a store that is mounted is one");

    public static SluiceError NotInCluster(string option, string because, string where) => new(
        "SLU2016", ErrorKind.Usage, $"'{option}' speaks about a cluster, and '{because}' runs the job in this process",
        where, $"leave one of the two out; without {because} the silos must have the job's class");

    public static SluiceError NoCluster(string cluster, string why) => new(
        "SLU2101", ErrorKind.Unreachable, why, cluster,
        "run it in this process: leave --cluster out, and SLUICE_CLUSTER unset");

    public static SluiceError NoGateway(string where, string clusterId) => new(
        "SLU2102",
        ErrorKind.Unreachable,
        "no gateway of the cluster answers",
        where,
        $"see that a silo runs there and that its cluster is called '{clusterId}' (--cluster-id)");

    public static SluiceError NoSuchSilo(string name) => new(
        "SLU2103", ErrorKind.NotFound, "there is no such silo", name, "list them with sluice cluster silos");

    public static SluiceError PortTaken(int port, string option, int other) => new(
        "SLU2104", ErrorKind.Conflict, $"port {port} is taken by another process", option,
        $"choose another row of ports: {option} {other}");

    public static SluiceError SiloEnded(string silo, int code, string log) => new(
        "SLU2105", ErrorKind.JobFailed, $"{silo} ended with {code} before it was ready", silo, $"look at {log}");

    public static SluiceError WaitedLong(string job, string cluster) => new(
        "SLU2106", ErrorKind.WaitTimedOut, "the job has not ended in that time, and goes on", job,
        $"come back with sluice jobs watch {job} --cluster {cluster}");

    public static SluiceError JobOver(string job, string status) => new(
        "SLU2109", ErrorKind.Conflict, $"nothing is left to cancel: {StandOf(status)}", job,
        "sluice jobs show tells how it went");

    public static SluiceError NotFailed(string job, string status) => new(
        "SLU2107", ErrorKind.Conflict, $"the job has not failed: {StandOf(status)}", job,
        "only a failed or cancelled job is run again; order a new one for another output");

    public static SluiceError OrderForgotten(string job) => new(
        "SLU2108", ErrorKind.Conflict, "what the job was ordered with is not remembered", job,
        "order it again as you did, and give the silos a history (Sluice:HistoryDirectory)");

    public static SluiceError NoLives(string job) => new(
        "SLU2111", ErrorKind.NotFound, "no silo remembers the life of a buffer", job,
        "run the job with --trace-buffers all, or 1/N of them");

    public static SluiceError TraceWithoutCluster() => new(
        "SLU2112", ErrorKind.Usage, "jobs are remembered by the silos of a cluster, and none is named", "sluice trace",
        "name it with --cluster HOST:PORT; a job in this process sends its trace to OTEL_EXPORTER_OTLP_ENDPOINT");

    public static SluiceError NotInOrder(string what, string where) => new(
        "SLU2201", ErrorKind.VerificationFailed, what, where,
        "sort the files again, and name them in the order of their keys");

    public static SluiceError WrongResult(string what, string where) => new(
        "SLU2201", ErrorKind.VerificationFailed, what, where,
        "run it again; when it happens again, check the machine's memory and disks");

    public static SluiceError Slower(string what, string where) => new(
        "SLU2203", ErrorKind.VerificationFailed, what, where,
        "measure both on the same, idle machine; look at where the stages' time went with -o json");

    public static SluiceError NoBenchmark(string path, string why) => new(
        "SLU2204", ErrorKind.Usage, $"the file is no benchmark to compare with: {why}", path,
        "write one with -o json > FILE");

    public static SluiceError CannotWrite(string path, string why) => new(
        "SLU2202", ErrorKind.JobFailed, $"the file cannot be written: {why}", path,
        "check the directory, the rights and the room on the disk");

    /// <summary>The system's own words would name a file beside it that the user has never heard of.</summary>
    public static SluiceError FileUnwritable(string path, Exception cause) => CannotWrite(path, cause switch
    {
        DirectoryNotFoundException => "its directory does not exist",
        UnauthorizedAccessException => "the user has no right to",
        _ => cause.Message,
    });

    public static SluiceError AssemblyNotThere(string path) => new(
        "SLU2301", ErrorKind.NotFound, "there is no such assembly", path,
        "build the job's project with dotnet build, which prints where it puts the .dll");

    public static SluiceError NotAnAssembly(string why, string path) => new(
        "SLU2302", ErrorKind.Usage, $"the file cannot be loaded: {why}", path,
        "name the .dll that dotnet build makes of the job's project, below its bin directory");

    public static SluiceError OtherVersion(string what, string needed, string there, string path) => new(
        "SLU2303", ErrorKind.Usage, $"the assembly was built against {what} {needed}, and this console has {there}",
        path, $"build it again, against {what} {there}");

    public static SluiceError NoJobs(string path) => new(
        "SLU2304", ErrorKind.NotFound, "no class of the assembly is a job", path,
        "let a class implement Sluice.Jobs.IJob, or name the assembly that has one");

    public static SluiceError JobUnnamed(string where, string known) =>
        Missing("JOB", where) with { Help = $"the assembly's jobs are {known}" };

    public static SluiceError NoSuchJob(string name, string path, string known, string nearest) => new(
        "SLU2305", ErrorKind.NotFound, $"there is no job '{name}'", path,
        nearest.Length == 0 ? $"the assembly's jobs are {known}" : $"did you mean '{nearest}'? Its jobs are {known}");

    public static SluiceError JobAmbiguous(string name, string path, string classes) => new(
        "SLU2306", ErrorKind.Usage, $"several jobs are called '{name}'", path,
        $"say which by its full name: {classes}");

    public static SluiceError JobNotMade(string why, string job) => new(
        "SLU2307", ErrorKind.Usage, $"the job cannot be made: {why}", job,
        "a job is a class of its own that implements IJob and has a public constructor without parameters");

    public static SluiceError JobNameTaken(string name, string path) => new(
        "SLU2308", ErrorKind.Usage, $"another job is called '{name}' already", path,
        "give one of the classes another name with [JobName]");

    public static SluiceError ConstructorFailed(string job, string cause) => new(
        "SLU2307", ErrorKind.Usage, $"the job's constructor threw: {cause}", job,
        "correct the constructor; run with -v for the place in it");

    public static SluiceError Unforeseen(Exception exception) => new(
        "SLU2901", ErrorKind.JobFailed, $"something went wrong that should not: {exception.Message}",
        exception.GetType().Name,
        "run it again with -v and report what it prints");

    private static string StandOf(string status) => status switch
    {
        JobStatus.Succeeded => "it has succeeded",
        JobStatus.Failed => "it has failed",
        JobStatus.Cancelled => "it was cancelled",
        JobStatus.Planning => "it is being planned",
        _ => "it goes on",
    };
}

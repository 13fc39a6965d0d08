using System.Globalization;
using System.Reflection.Metadata;

namespace Sluice.Jobs;

/// <summary>Every failure that users meet, each in one place: its code, its sentence and its way out.</summary>
/// <remarks>
/// Codes: 1000 jobs and plans, 1100 inputs, 1200 outputs, 1300 memory and disk, 1400 running, 1500 results, 1600 the
/// database in which silos find each other. A code keeps its meaning for ever.
/// </remarks>
public static partial class SluiceErrors
{
    public static SluiceError MissingArgument(string name) => new(
        "SLU1001", ErrorKind.Usage, "the job needs an argument", name, $"pass --arg {name}=VALUE");

    public static SluiceError NothingToRead(string asked) => new(
        "SLU1001", ErrorKind.Usage, "the job was given nothing to read",
        asked.Length == 0 ? "the job asks for no arguments" : $"the job asks for {asked}",
        "pass what it reads with --arg NAME=VALUE");

    public static SluiceError UnknownJob(string name, string known) => new(
        "SLU1010", ErrorKind.NotFound,
        $"there is no job '{name}'", $"known are {known}", "register its class on every silo");

    public static SluiceError NoSlots(int silos) => new(
        "SLU1406", ErrorKind.JobFailed,
        "no silo takes tasks", silos == 1 ? "1 silo is there" : $"{silos} silos are there",
        "start a silo with slots; one that drains takes tasks again when it is started anew");

    public static SluiceError SiloDiffers(string silo) => new(
        "SLU1407",
        ErrorKind.JobFailed,
        "a silo planned the job differently",
        silo,
        "run the same version of the job on all silos, and give paths that mean the same files everywhere");

    public static SluiceError SiloFailed(string silo, string what) => new(
        "SLU1407", ErrorKind.JobFailed, $"a silo cannot run the job: {what}", silo, "look at that silo's log");

    public static SluiceError PortTaken(string what) => new(
        "SLU1409",
        ErrorKind.Conflict,
        "a port that the silo needs is taken",
        what.ReplaceLineEndings(" "),
        "choose others: Orleans:Endpoints:SiloPort, Orleans:Endpoints:GatewayPort, Urls");

    public static SluiceError BadSiloConfiguration(string why, string where = "section Orleans") => new(
        "SLU1410", ErrorKind.Usage,
        $"the silo's configuration cannot be used: {why.ReplaceLineEndings(" ").TrimEnd('.')}",
        where, "see docs/cluster.md for its keys");

    public static SluiceError ClusterSilent(string why) => new(
        "SLU1411", ErrorKind.Unreachable, "the cluster does not answer", why.ReplaceLineEndings(" "),
        "see that its silos run and can be reached, and ask again; jobs go on without their client");

    public static SluiceError UnknownJobId(string id) => new(
        "SLU1408", ErrorKind.NotFound, "there is no such job", id, "list the jobs with sluice jobs ls");

    public static SluiceError BadArgument(string name, string why) => new(
        "SLU1002", ErrorKind.Usage, $"the argument cannot be used: {why}", name, "correct the argument and run again");

    public static SluiceError BadKey(string text) => new(
        "SLU1003", ErrorKind.Usage, $"'{text}' is not a key", "--key", "name bytes counted from 1, like --key 1-10");

    public static SluiceError UnknownFormat(string name) => new(
        "SLU1004", ErrorKind.Usage, $"there is no format '{name}'", "--format", "use lines or gensort");

    public static SluiceError NoKeyOrder(string step, string type) => new(
        "SLU1005", ErrorKind.Usage,
        $"keys of type {type} have no natural order", step, $"pass a KeyOrder<{type}> to {step}");

    public static SluiceError NoSerializer(string step, string type) => new(
        "SLU1006", ErrorKind.Usage, $"no serializer is known for {type}", step,
        $"pass a Serializer<{type}> to {step}, or register one with Serializers.Register");

    public static SluiceError TwoOutputs(string first, string second) => new(
        "SLU1007", ErrorKind.Usage, "the job writes two outputs", $"{first} and {second}", "make two jobs of it");

    public static SluiceError NoOutput(string job) => new(
        "SLU1008", ErrorKind.Usage, "the job writes nothing", job, "end it with Write");

    public static SluiceError DefinitionFailed(string job, string cause) => new(
        "SLU1011", ErrorKind.Usage, $"the job's definition threw: {cause.ReplaceLineEndings(" ").TrimEnd('.')}", job,
        "correct the job's Define; run with -v for the place in it");

    public static SluiceError AssemblyMissing(AssemblyNameInfo missing, string where) => new(
        "SLU1012", ErrorKind.Usage, $"the job's code needs {missing.Name} {missing.Version}, which is not there", where,
        missing.Name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
            ? "this process runs without ASP.NET Core: leave that framework out of the job's project"
            : $"put {missing.Name}.dll beside the job's assembly, as dotnet publish does");

    /// <summary>Whether an error is about a job's own code, and says all there is to say however often it was
    /// tried.</summary>
    public static bool IsOfOwnCode(SluiceError error) => error.Code is "SLU1012" or "SLU1402";

    public static SluiceError OrderCannotGroup(string step, string type) => new(
        "SLU1009", ErrorKind.Usage, $"an order of {type} by comparison cannot group", step,
        "group by a key whose equal values have equal bytes, such as a normalized form of it");

    public static SluiceError InputMissing(string path) => new(
        "SLU1101", ErrorKind.NotFound,
        "the input does not exist", path, "check the path; relative paths start at the current directory");

    public static SluiceError InputUnreadable(string path, string why) => new(
        "SLU1102", ErrorKind.JobFailed,
        $"the input cannot be read: {why}", path, "give the user that runs Sluice the right to read it");

    public static SluiceError InputNotRegular(string path, string kind) => new(
        "SLU1103", ErrorKind.JobFailed,
        $"the input is {kind}", path, "name regular files, or a directory that holds only such");

    public static SluiceError InputCompressed(string path) => new(
        "SLU1104", ErrorKind.JobFailed,
        "the input is compressed with gzip", path, "unpack it first: gunzip --keep FILE");

    public static SluiceError InputTorn(string path, long length, int recordLength) => new(
        "SLU1105", ErrorKind.JobFailed,
        string.Create(
            CultureInfo.InvariantCulture, $"{length} bytes are not a whole number of {recordLength}-byte records"),
        path, "check that the file is complete, or read it with --format lines");

    public static SluiceError InputChanged(string path, string what) => new(
        "SLU1106", ErrorKind.JobFailed, what, path, "run the job again when nobody writes to the file");

    public static SluiceError RecordTooLarge(
        string path, long offset, long length, long limit, long memoryNeeded) => new(
        "SLU1107", ErrorKind.JobFailed,
        string.Create(
            CultureInfo.InvariantCulture,
            $"a record of {length} bytes is longer than the {limit} bytes that half of a task's memory allows"),
        string.Create(CultureInfo.InvariantCulture, $"{path}, byte {offset}"),
        string.Create(
            CultureInfo.InvariantCulture,
            $"run with --memory {(memoryNeeded + 1048575) / 1048576}MiB or more, " +
            $"or with fewer tasks at once (--parallelism)"));

    /// <summary>A record that a task makes, whose key and item both count.</summary>
    public static SluiceError ItemTooLarge(string task, long length, long limit, long memoryNeeded) =>
        RecordTooLarge(task, 0, length, limit, memoryNeeded) with
        {
            What = string.Create(
                CultureInfo.InvariantCulture,
                $"a key and its item have {length} bytes together, more than the {limit} that half of a task's memory " +
                $"allows"),
            Where = task,
        };

    public static SluiceError InputEmpty(string pattern) => new(
        "SLU1108", ErrorKind.NotFound,
        "there is no file to read", pattern, "names that start with '_' or '.' are skipped; check the pattern");

    public static SluiceError OutputExists(string path) => new(
        "SLU1201", ErrorKind.Conflict,
        "the output exists", path, "name another output, or replace it with --overwrite");

    public static SluiceError OutputInsideInput(string path, string input) => new(
        "SLU1202", ErrorKind.Conflict,
        $"the output lies inside the input {input}", path, "name an output beside the input, not in it");

    public static SluiceError OutputBusy(string path) => new(
        "SLU1203", ErrorKind.Conflict,
        "another job is writing to this output", path, "wait until it has ended, or name another output");

    public static SluiceError OutputUnwritable(string path, string why) => new(
        "SLU1204", ErrorKind.JobFailed,
        $"the output cannot be written: {why}", path, "check the rights and the room on the disk");

    public static SluiceError MemoryTooSmall(long memory, long least, int parallelism) => new(
        "SLU1301", ErrorKind.Usage,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{memory} bytes of memory are too few for {parallelism} {Plural.Of(parallelism, "task")} at once"),
        "--memory",
        string.Create(
            CultureInfo.InvariantCulture,
            $"give at least --memory {(least + 1023) / 1024}KiB, or run fewer tasks at once (--parallelism)"));

    public static SluiceError MemoryTooLarge(long memory, long machine) => new(
        "SLU1302", ErrorKind.Usage,
        string.Create(CultureInfo.InvariantCulture, $"{memory} bytes of memory are more than the machine's {machine}"),
        "--memory", "give less than the machine has; a quarter of it is a good start");

    public static SluiceError MemoryBeyondPools(long memory, long pool) => new(
        "SLU1302", ErrorKind.Usage,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{memory} bytes of memory are more than the {pool} of the largest silo's pool"),
        "--memory", "give less, or silos a larger Sluice:MemoryBytes");

    public static SluiceError DiskTooSmall(string directories, long needed, long free) => new(
        "SLU1303", ErrorKind.JobFailed,
        string.Create(CultureInfo.InvariantCulture, $"the job may spill {needed} bytes and {free} are free"),
        directories, "name a larger disk with --spill-dir, or several");

    public static SluiceError SpillDirectoryUnusable(string path, string why) => new(
        "SLU1304", ErrorKind.Usage, why, path, "name a directory you can write with --spill-dir");

    public static SluiceError DiskFull(string where) => new(
        "SLU1305", ErrorKind.JobFailed,
        "the disk is full", where, "make room or name another disk with --spill-dir or --out");

    public static SluiceError GroupTooLarge(
        string task, int keyLength, long walked, long kept, long memoryNeeded) => new(
        "SLU1306", ErrorKind.JobFailed,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the values of a key of {keyLength} bytes are walked again, but the {walked} bytes walked so far are " +
            $"more than the {kept} that the task keeps for that"),
        task,
        string.Create(
            CultureInfo.InvariantCulture,
            $"walk the values once, fold them with Aggregate, or run with more than " +
            $"--memory {(memoryNeeded + 1048575) / 1048576}MiB or with fewer tasks at once (--parallelism)"));

    public static SluiceError ProcessLimit(string where, string why) => new(
        "SLU1307", ErrorKind.JobFailed,
        why.TrimEnd('.'), where, "raise the limits of files and threads (ulimit -n, ulimit -u, those of a container)");

    public static SluiceError TaskFailed(string task, int tries, SluiceError first) => new(
        "SLU1401", ErrorKind.JobFailed,
        string.Create(CultureInfo.InvariantCulture, $"a task failed {tries} times, first because: {first.What}"),
        task, first.Help);

    public static SluiceError TaskInputOutput(string task, string why) => new(
        "SLU1404", ErrorKind.JobFailed,
        why.TrimEnd('.'), task, "check the disk and the rights, then run the job again");

    public static SluiceError ItemUnencodable(string task, string why) => new(
        "SLU1405", ErrorKind.JobFailed,
        why.TrimEnd('.'), task, "correct the item, or pass a KeyOrder or Serializer that takes it");

    public static SluiceError OperatorFailed(string task, string cause) => new(
        "SLU1402", ErrorKind.JobFailed,
        $"an operator of the job threw: {cause}", task, "run with -v for the place in your code");

    public static SluiceError Cancelled(string job) => new(
        "SLU1403", ErrorKind.JobFailed,
        "the job was cancelled", job, "nothing was written; run it again when you like");

    /// <summary>Whether an error says that what was read is not what was written.</summary>
    public static bool IsMismatch(SluiceError error) => error.Code is "SLU1501" or "SLU1502";

    public static SluiceError CertificateMismatch(string where, string written, string read) => new(
        "SLU1501", ErrorKind.JobFailed, $"records were changed on their way: written {written}, read {read}", where,
        "run the job again; when it happens again, check the machine's memory and disks");

    public static SluiceError RerunDiffers(string task) => new(
        "SLU1503", ErrorKind.JobFailed, "a task that ran again gave other records than before", task,
        "make the job's operators depend on their input alone: no clock, no random numbers, no shared state");

    public static SluiceError OutputMismatch(string where, string read, string written) => new(
        "SLU1502", ErrorKind.JobFailed, $"the output is not the input: read {read}, written {written}", where,
        "run the job again; when it happens again, check the machine's memory and disks");

    public static SluiceError DatabaseUnreachable(string where, string why) => new(
        "SLU1601", ErrorKind.Unreachable, $"the database cannot be reached: {why.TrimEnd('.')}", where,
        "see that PostgreSQL runs there and takes connections from this machine");

    public static SluiceError DatabaseLogin(string where, string why) => new(
        "SLU1602", ErrorKind.Conflict, $"the database does not let the user in: {why.TrimEnd('.')}", where,
        "check Username and password; the password may stand in PGPASSWORD or in ~/.pgpass");

    public static SluiceError DatabaseMissing(string where, string why) => new(
        "SLU1603", ErrorKind.NotFound, why, where, "make it first: createdb NAME, or CREATE SCHEMA NAME");

    public static SluiceError DatabaseRights(string where, string why) => new(
        "SLU1604", ErrorKind.Conflict, $"the user lacks a right: {why}", where,
        "connect as the database's owner, or have it grant CREATE on the schema");

    public static SluiceError DatabaseUnprepared(string where) => new(
        "SLU1605", ErrorKind.Usage, "the database has not been prepared", where,
        "run sluice cluster init-db --connection TEXT once, and see that Search Path is the same");

    public static SluiceError DatabaseForeign(string where) => new(
        "SLU1606", ErrorKind.Conflict, "the database holds another schema of Orleans", where,
        "choose another database, or a schema of its own: Search Path=sluice in the connection");

    public static SluiceError DatabaseFailed(string where, string why) => new(
        "SLU1607", ErrorKind.JobFailed, $"the database failed: {why}", where, "look at the database's log");

    public static SluiceError DatabaseConnection(string where, string why) => new(
        "SLU1608", ErrorKind.Usage, $"the database is not named so that it can be used: {why}", where,
        "write it like Host=db1;Port=5432;Database=sluice;Username=sluice");
}

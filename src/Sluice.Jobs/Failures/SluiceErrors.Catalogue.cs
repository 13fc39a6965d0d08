namespace Sluice.Jobs;

/// <content>The sentences of <see cref="Catalogue"/>.</content>
public static partial class SluiceErrors
{
    /// <summary>What `sluice help CODE` says, by code.</summary>
    public static IReadOnlyDictionary<string, string> Catalogue { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["SLU1001"] = "A job needs an argument that was not given.",
        ["SLU1002"] = "An argument of a job has a value it cannot use.",
        ["SLU1003"] = "A key is named as FIRST-LAST in bytes counted from 1, as FIRST- up to the end, or as one byte.",
        ["SLU1004"] = "Records are read as lines or gensort; other formats are not there yet.",
        ["SLU1005"] = "Keys of this type have no natural order: the job must bring a KeyOrder.",
        ["SLU1006"] = "Items of this type have no known serializer: register one, or pass it to the step.",
        ["SLU1007"] = "A job writes one output.",
        ["SLU1008"] = "A job must end with a step that writes.",
        ["SLU1009"] = "Grouping needs keys whose bytes tell which are equal: an order by comparison has none.",
        ["SLU1010"] =
            "Jobs run by name in a cluster: every silo must have the job's class, registered under that name.",
        ["SLU1011"] = "The job's own Define threw, or gave a step nothing where it needs something.",
        ["SLU1012"] =
            "The job's code needs an assembly that is not beside it, or is there in another version than it wants.",
        ["SLU1101"] = "An input does not exist.",
        ["SLU1102"] = "An input exists but cannot be opened for reading.",
        ["SLU1103"] =
            "Only regular files can be read: a pipe, a device or a directory inside a directory cannot be split.",
        ["SLU1104"] = "A compressed file would be sorted as bytes, which nobody wants: unpack it first.",
        ["SLU1105"] = "A file of fixed-length records must have a length that is a multiple of the record's.",
        ["SLU1106"] = "An input file changed while the job ran, so parts of it would be lost or doubled.",
        ["SLU1107"] = "A record is longer than half of one task's memory.",
        ["SLU1108"] = "A pattern or directory holds no file to read.",
        ["SLU1201"] =
            "The output exists: a job never mixes its parts with others, and a file is replaced only when asked for.",
        ["SLU1202"] = "The output lies inside an input directory, so a second run would read the first one's result.",
        ["SLU1203"] = "Another job is writing to this output at this moment.",
        ["SLU1204"] = "The output directory cannot be made or written.",
        ["SLU1301"] = "The memory given is less than the tasks need to run at all.",
        ["SLU1302"] = "The memory given is more than the machine, or any silo's pool, has.",
        ["SLU1303"] = "The spill directories have less room than the input may need.",
        ["SLU1304"] = "A spill directory cannot be made or written.",
        ["SLU1305"] = "The disk became full while the job ran.",
        ["SLU1306"] =
            "An operator walked the values of one key again, and they do not fit into what a task keeps for that.",
        ["SLU1307"] = "The system lets the process have no more open files, or start no more threads.",
        ["SLU1401"] = "A task failed as often as it may be tried; the first cause is named.",
        ["SLU1402"] = "The user's own code in an operator threw.",
        ["SLU1403"] = "The job was cancelled.",
        ["SLU1404"] = "A task could not read or write a file.",
        ["SLU1405"] =
            "A key or an item could not be turned into bytes, or back (its KeyOrder or Serializer threw), or a record " +
            "has another length than those of its format.",
        ["SLU1406"] = "No silo of the cluster takes tasks: all have no slots, are draining, or have not joined yet.",
        ["SLU1407"] = "A silo cannot run the job: it lacks the class, does not see a path, or planned it differently.",
        ["SLU1408"] = "The cluster has no job of that id, or has forgotten it.",
        ["SLU1409"] = "Another process listens on a port that the silo needs.",
        ["SLU1410"] = "The silo's configuration lacks something, or holds what cannot be read or does not go together.",
        ["SLU1411"] =
            "The cluster did not answer a call, asked again for a minute: its silos are gone, or the network.",
        ["SLU1501"] = "What a consumer read is not what the producer wrote; the result was thrown away.",
        ["SLU1502"] = "What was written is not what was read; the result was thrown away.",
        ["SLU1503"] =
            "A task that had to run again gave other records than before: an operator depends on more than its input.",
        ["SLU1601"] = "No database answers there: none runs, it takes no connections now, or the network is closed.",
        ["SLU1602"] = "The database knows the user or the password otherwise.",
        ["SLU1603"] = "The server has no database of that name, or the database no schema of it.",
        ["SLU1604"] = "The user may not make tables there, or not use those that are there.",
        ["SLU1605"] = "The database has not been prepared: silos find neither tables nor statements.",
        ["SLU1606"] = "The database's OrleansQuery holds statements of another schema, which are not replaced.",
        ["SLU1607"] = "The database refused a statement, or failed.",
        ["SLU1608"] = "The text that names the database cannot be used; it is not printed, as it may hold a password.",
    };
}

using System.Buffers.Binary;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>What jobs leave beside their output, damaged: it is read as it was, or refused by its documented
/// error.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const int Rounds = 600;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void A_journal_is_replayed_or_refused(int seed)
    {
        byte[] whole = JournalBytes();
        string path = _folder["journal"];
        File.WriteAllBytes(path, whole);
        Replay(path);

        AssertOnly<IOException>(seed, whole, damaged =>
        {
            File.WriteAllBytes(path, damaged);
            Replay(path);
        });
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void A_success_file_is_whole_or_none(int seed)
    {
        RecordSum sum = new(3, UInt128.One);
        SuccessFile written = SuccessFile.Of(JobId.New(), "test", sum, [new PublishedPart(0, 1, 9, sum)]);
        string path = _folder.Write(OutputNames.Success, "");
        string directory = Path.GetDirectoryName(path)!;

        AssertOnly<IOException>(seed, written.ToJson(), damaged =>
        {
            File.WriteAllBytes(path, damaged);
            if (SuccessFile.TryRead(directory, out SuccessFile? read))
            {
                _ = read.Id.Length + read.Name.Length + read.Certificate.Checksum.Length;
                Assert.All(read.Parts, part => Assert.True(part.Name.Length + part.Sum.Length >= 0));
            }

            SuccessFile.IsOf(directory, JobId.New());
        });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"moves\":null}")]
    [InlineData("{\"moves\":[null]}")]
    [InlineData("{\"moves\":[{\"from\":null,\"to\":\"part-00000\"}]}")]
    [InlineData("{\"moves\":[{\"from\":\"part-00000.attempt-1\"}]}")]
    [InlineData("{\"moves\":[{\"from\":\"../../kept\",\"to\":\"part-00000\"}]}")]
    [InlineData("{\"moves\":[{\"from\":\"part-00000.attempt-9\",\"to\":\"../kept\"}]}")]
    [InlineData("{\"moves\":[{\"from\":\"part-00000.attempt-9\",\"to\":\"kept\"}]}")]
    [InlineData("{\"moves\":[{\"from\":\"part-00001.attempt-1\",\"to\":\"part-00000\"}]}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public void A_plan_of_a_publish_that_no_job_wrote_moves_nothing(string plan)
    {
        using OutputFolder folder = new();
        string staging = folder.At("out", OutputNames.Staging(JobId.New()));
        Directory.CreateDirectory(staging);
        File.WriteAllText(Path.Combine(staging, DirectoryLock.FileName), "");
        File.WriteAllText(Path.Combine(staging, OutputNames.Intent), plan);
        File.WriteAllText(folder.At("kept"), "kept");
        File.WriteAllText(folder.At("out", "kept"), "kept");
        SortedDictionary<string, string> before = OutputFolder.Files(folder.At());

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(folder.Out, JobId.New(), overwrite: true));

        Assert.Equal(OutputRefusal.LeftoverStuck, e.Reason);
        Assert.Equal(before, OutputFolder.Files(folder.At()));
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void Boundaries_are_read_or_refused(int seed)
    {
        byte[] whole = BoundaryCodec.Encode([[], [1, 2, 3], [9]]);
        AssertOnly<InvalidDataException>(seed, whole, damaged => BoundaryCodec.Decode(damaged));
        foreach (int length in new[] { -1, int.MinValue, int.MaxValue, whole.Length })
        {
            byte[] lying = [.. whole];
            BinaryPrimitives.WriteInt32LittleEndian(lying, length);
            Assert.Throws<InvalidDataException>(() => BoundaryCodec.Decode(lying));
        }
    }

    private static void AssertOnly<TException>(int seed, byte[] whole, Action<byte[]> read)
        where TException : Exception
    {
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = DamagedBytes.Of(random, whole);

            Exception? thrown = Record.Exception(() => read(damaged));

            Assert.True(
                thrown is null or TException,
                $"round {round}: {System.Text.Encoding.Latin1.GetString(damaged)}\n{thrown}");
        }
    }

    private static void Replay(string path)
    {
        CoordinatorState state = CoordinatorState.New(
            default, [new StageSpec("map", 2, [], null, false), new StageSpec("reduce", 2, [0], 0, true)], 3);
        IReadOnlyList<JournalEntry> entries = Journal.Read(path);
        JobReplay.Into(state, entries);
        foreach (JournalEntry entry in entries)
        {
            _ = TimeSpan.FromSeconds(entry.At ?? 0);
        }
    }

    private byte[] JournalBytes()
    {
        string path = _folder["whole"];
        using (Journal journal = new(path))
        {
            foreach (JournalEntry entry in Entries())
            {
                journal.Append(entry);
            }
        }

        return File.ReadAllBytes(path);
    }

    private static IEnumerable<JournalEntry> Entries()
    {
        AttemptResult made = new() { Runs = 2, Written = [new RecordSum(7, UInt128.MaxValue)], Value = [1, 2, 3] };
        SluiceError error = SluiceErrors.Cancelled("it");
        return
        [
            new("started", null, null, null, null, null, null) { Job = JobId.New(), At = 0.1, Stages = [] },
            new("attempt", 0, 0, 1, "worker", null, null) { At = 0.2 },
            new("attempt", 0, 1, 1, "worker", null, null) { At = 0.3, Overtakes = 1 },
            new("won", 0, 0, 1, "worker", made, null) { At = 0.4, Outcome = new TaskOutcome() },
            new("lost", 0, 0, null, null, null, null) { At = 0.5 },
            new("failed", null, null, null, null, null, error) { At = 0.6 },
        ];
    }
}

using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>Plants each kind of fault between the two points of the certificate, with valid checksums.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lost")]
    [InlineData("doubled")]
    [InlineData("changed")]
    [InlineData("misrouted")]
    public async Task A_record_that_is_not_the_one_written_fails_the_job(string fault)
    {
        string input = _folder.Write(
            "in", string.Join('\n', Enumerable.Range(0, 3000).Select(i => $"{i * 7919 % 3000:D4}")));
        using InProcessEngine engine = Engine(outputs => new FaultyTransport(new InProcessTransport(outputs), fault));

        SluiceException thrown = await Assert.ThrowsAsync<SluiceException>(() => Sort(engine, input));

        Assert.Equal("SLU1501", thrown.Error.Code);
        Assert.False(Directory.Exists(_folder["out"]), "A wrong result was published.");
        Assert.False(Directory.Exists(_folder["spill"]), "Spill files are left.");
    }

    [Fact]
    public async Task Without_a_fault_the_same_job_succeeds()
    {
        string input = _folder.Write(
            "in", string.Join('\n', Enumerable.Range(0, 3000).Select(i => $"{i * 7919 % 3000:D4}")));
        using InProcessEngine engine = Engine(outputs => new FaultyTransport(new InProcessTransport(outputs), "none"));

        JobReport report = await Sort(engine, input);

        Assert.Equal(3000, report.Certificate.Records);
    }

    private InProcessEngine Engine(Func<ResultPartitionStore, IExchangeTransport> transport) => new(
        new EngineOptions
        {
            MemoryBytes = 96 * 1024,
            Parallelism = 2,
            SpillDirectories = [_folder["spill"]],
            SegmentSize = 1024,
        },
        new EnginePorts { Transport = transport });

    private Task<JobReport> Sort(InProcessEngine engine, string input) => engine.RunAsync(new JobRequest
    {
        Job = new SortJob(),
        Arguments = new JobArguments().Add("input", input).Add("out", _folder["out"]),
        Name = "test",
        Partitions = 2,
    }).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>
    /// Changes one block of partition 0 on its way and seals it again, so that only the certificate can tell.
    /// </summary>
    private sealed class FaultyTransport(IExchangeTransport inner, string fault) : IExchangeTransport
    {
        // "0000" in the stream: two bytes of lengths, then four of key.
        private const int RecordLength = 6;
        private int _planted;

        public async ValueTask<FetchReply> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
        {
            FetchReply reply = await inner.FetchAsync(request, cancellationToken);
            if (reply.Blocks.Count > 0 && fault != "none" && Interlocked.Exchange(ref _planted, 1) == 0)
            {
                return reply with { Blocks = [Damage(reply.Blocks[0]), .. reply.Blocks.Skip(1)] };
            }

            return reply;
        }

        public void Close(ChannelId channel, string where) => inner.Close(channel, where);

        private Block Damage(Block block)
        {
            Span<byte> bytes = block.Buffer.Segment.Slice(block.Offset, block.Length);
            Span<byte> records = bytes[BlockFormat.HeaderSize..];
            switch (fault)
            {
                case "lost":
                    // An empty key takes its place in the bytes, not in the sum.
                    records[0] = 0;
                    records[1] = 4;
                    break;
                case "doubled":
                    records[..RecordLength].CopyTo(records[RecordLength..]);
                    break;
                case "changed":
                    records[3] ^= 1;
                    break;
                default:
                    // A key of another partition.
                    "9999"u8.CopyTo(records[2..]);
                    break;
            }

            BlockFormat.Seal(bytes, 0);
            return block;
        }
    }
}

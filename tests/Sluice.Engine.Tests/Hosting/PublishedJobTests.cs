using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

/// <summary>A job whose output is in place has succeeded.</summary>
public sealed class PublishedJobTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neither_a_full_disk_nor_a_cancellation_changes_that(bool isCancelled)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an open file can be replaced.");
        JobOrder order = TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]);
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"]);
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));
        using JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        hands.BeforePublishing = () =>
        {
            FaultyFiles.Fill(TestOrder.JournalOf(order));
            if (isCancelled)
            {
                host.Cancel();
            }
        };

        hands.Run(host);

        Assert.Null(host.Failure);
        Assert.Contains("\"published\"", host.JournalText, StringComparison.Ordinal);
        Assert.True(SuccessFile.TryRead(_folder["out"], out _), "There is no certificate.");
    }

    // NFS and FUSE keep what is deleted while it is open, under another name, and its directory with it.
    [Fact]
    public void It_has_no_file_of_its_staging_directory_open_any_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there one sees what is open.");
        JobOrder order = TestOrder.Sort(_folder.Write("in", "b\na\n"), _folder["out"]);
        JobPreparation job = TestOrder.Prepare(order);
        using WorkerProcess worker = new(_folder["spill"]);
        WorkerProcess.Hands hands = worker.For(order.Id, job, TestOrder.Staging(order));
        using JobHost host = JobHost.Begin(order.Id, order.Name, job, false, order, hands);
        string[] atWork = [];
        hands.BeforePublishing = () => atWork = OpenIn(_folder["out"]);

        hands.Run(host);

        Assert.Contains(TestOrder.JournalOf(order), atWork);
        Assert.Empty(OpenIn(_folder["out"]));
    }

    private static string[] OpenIn(string folder) =>
        [.. Directory.GetFiles("/proc/self/fd")
            .Select(open => new FileInfo(open).LinkTarget ?? "")
            .Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))];
}

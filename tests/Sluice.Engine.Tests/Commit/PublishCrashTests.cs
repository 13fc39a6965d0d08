using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine.Tests;

/// <summary>The process dies after each step of a publish, and again after each step of undoing it.</summary>
public sealed class PublishCrashTests
{
    private static readonly JobId Dying = new(new Guid("00000000-0000-0000-0000-00000000dead"));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(2, 2)]
    public void Prepare_restores_the_old_output_after_a_crash_at_any_step(int oldParts, int newParts)
    {
        using OutputFolder folder = new();
        SortedDictionary<string, string> before = Old(folder, oldParts);
        List<string> steps = [];

        foreach (string image in PublishImages(folder, newParts, steps))
        {
            using OutputDirectory next = OutputDirectory.Prepare(image, OutputFolder.NewJob(), overwrite: true);
            bool published = steps[^1] == "success written";
            DeadJob dead = Assert.Single(next.Recovered);
            next.Abort();

            Assert.Equal(new DeadJob(Dying, published), dead);
            AssertWhole(image, before, published, newParts);
        }

        // The intent, each old file (with its _SUCCESS) out, each new one in, the new _SUCCESS.
        Assert.Equal(1 + (oldParts == 0 ? 0 : oldParts + 1) + newParts + 1, steps.Count);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Prepare_restores_the_old_output_after_a_second_crash_while_undoing_the_first(int oldParts, int newParts)
    {
        using OutputFolder folder = new();
        SortedDictionary<string, string> before = Old(folder, oldParts);
        List<string> steps = [];
        int crashes = 0;

        foreach (string image in PublishImages(folder, newParts, steps))
        {
            if (steps[^1] == "success written")
            {
                continue;
            }

            Assert.True(
                DirectoryLock.TryTake(Path.Combine(image, OutputNames.Staging(Dying)), out DirectoryLock? held));
            Staging rollingBack = new(image, Dying, held);
            foreach (string _ in rollingBack.RollBackSteps())
            {
                string second = folder.CrashImage(image, $"second-{crashes++}");
                OutputDirectory.Prepare(second, OutputFolder.NewJob(), overwrite: true).Abort();

                AssertWhole(second, before, published: false, newParts);
            }

            held.Dispose();
        }

        Assert.True(crashes > steps.Count, "Every crash image needs at least one step to undo.");
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 2)]
    public void Abort_restores_the_old_output_when_a_step_failed(int oldParts, int newParts)
    {
        for (int done = 0; ; done++)
        {
            using OutputFolder folder = new();
            SortedDictionary<string, string> before = Old(folder, oldParts);
            OutputDirectory output = OutputDirectory.Prepare(folder.Out, Dying, overwrite: true);
            string[] steps =
                [.. output.PublishSteps("new", OutputFolder.Sum(newParts), OutputFolder.Write(output, "new", newParts))
                    .Take(done)];
            if (steps.Contains("success written"))
            {
                break;
            }

            output.Abort();

            if (oldParts == 0)
            {
                Assert.False(Directory.Exists(folder.Out));
            }
            else
            {
                AssertWhole(folder.Out, before, published: false, newParts);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_publish_goes_no_further_once_its_directory_is_let_go_of(int done)
    {
        using OutputFolder folder = new();
        OutputDirectory output = OutputDirectory.Prepare(folder.Out, Dying, overwrite: false);
        PublishedPart[] parts = OutputFolder.Write(output, "new", parts: 2);
        using IEnumerator<string> steps = output.PublishSteps("new", OutputFolder.Sum(2), parts).GetEnumerator();
        for (int step = 0; step < done; step++)
        {
            Assert.True(steps.MoveNext());
        }

        output.Abandon();
        using OutputDirectory next = OutputDirectory.TryResume(folder.Out, Dying, overwrite: false)!;
        SortedDictionary<string, string> takenBack = OutputFolder.Files(folder.Out);
        Assert.Throws<IOException>(() => steps.MoveNext());

        Assert.Equal(takenBack, OutputFolder.Files(folder.Out));
        next.Publish("new", OutputFolder.Sum(2), parts);
        AssertWhole(folder.Out, [], published: true, newParts: 2);
    }

    [Fact]
    public void Prepare_without_overwrite_refuses_the_old_output_that_it_restored()
    {
        using OutputFolder folder = new();
        SortedDictionary<string, string> before = Old(folder, parts: 2);

        foreach (string image in PublishImages(folder, newParts: 2, []).SkipLast(1))
        {
            OutputRefusedException e = Assert.Throws<OutputRefusedException>(
                () => OutputDirectory.Prepare(image, OutputFolder.NewJob(), overwrite: false));

            Assert.Equal(OutputRefusal.Exists, e.Reason);
            AssertWhole(image, before, published: false, newParts: 2);
        }
    }

    [Fact]
    public void What_a_dead_job_published_is_not_taken_back_while_nobody_can_read_whose_it_is()
    {
        using OutputFolder folder = new();
        SortedDictionary<string, string> before = Old(folder, parts: 2);
        string image = PublishImages(folder, newParts: 2, []).Last();
        string success = Path.Combine(image, OutputNames.Success);
        string aside = folder.At("aside");
        File.Move(success, aside);
        SortedDictionary<string, string> published = OutputFolder.Files(image);

        // No right of a user reads a link to itself.
        File.CreateSymbolicLink(success, success);
        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(image, OutputFolder.NewJob(), overwrite: true));
        Assert.Throws<IOException>(() => OutputDirectory.TryResume(image, Dying, overwrite: true));
        File.Delete(success);

        Assert.Equal(OutputRefusal.LeftoverStuck, e.Reason);
        Assert.Contains(success, e.What, StringComparison.Ordinal);
        Assert.StartsWith("make readable and writable", e.Help, StringComparison.Ordinal);
        Assert.Equal(published, OutputFolder.Files(image));
        File.Move(aside, success);
        using (OutputDirectory next = OutputDirectory.Prepare(image, OutputFolder.NewJob(), overwrite: true))
        {
            Assert.Equal([new DeadJob(Dying, Published: true)], next.Recovered);
        }

        AssertWhole(image, before, published: true, newParts: 2);
    }

    [Fact]
    public void Prepare_names_the_leftover_when_its_plan_cannot_be_read()
    {
        using OutputFolder folder = new();
        Old(folder, parts: 2);
        string image = PublishImages(folder, newParts: 2, []).ElementAt(3);
        string staging = Path.Combine(image, OutputNames.Staging(Dying));
        File.WriteAllText(Path.Combine(staging, OutputNames.Intent), "{ torn");
        SortedDictionary<string, string> before = OutputFolder.Files(image);

        OutputRefusedException e = Assert.Throws<OutputRefusedException>(
            () => OutputDirectory.Prepare(image, OutputFolder.NewJob(), overwrite: true));

        Assert.Equal(OutputRefusal.LeftoverStuck, e.Reason);
        Assert.Equal(staging, e.Where);
        Assert.StartsWith("look at its files: old/", e.Help, StringComparison.Ordinal);
        Assert.Equal(before, OutputFolder.Files(image));
    }

    private static SortedDictionary<string, string> Old(OutputFolder folder, int parts)
    {
        if (parts == 0)
        {
            return [];
        }

        folder.WriteOld(parts);
        return OutputFolder.Files(folder.Out);
    }

    /// <summary>
    /// A crash image for each step of a publish; <paramref name="steps"/> tells how far the last one got.
    /// </summary>
    private static IEnumerable<string> PublishImages(OutputFolder folder, int newParts, List<string> steps)
    {
        using OutputDirectory output = OutputDirectory.Prepare(folder.Out, Dying, overwrite: true);
        PublishedPart[] parts = OutputFolder.Write(output, "new", newParts);
        foreach (string step in output.PublishSteps("new", OutputFolder.Sum(newParts), parts))
        {
            steps.Add(step);
            yield return folder.CrashImage(folder.Out, $"image-{steps.Count}");
        }
    }

    private static void AssertWhole(
        string directory, SortedDictionary<string, string> before, bool published, int newParts)
    {
        SortedDictionary<string, string> files = OutputFolder.Files(directory);
        Assert.Empty(Directory.EnumerateDirectories(directory));
        if (!published)
        {
            Assert.Equal(before, files);
            return;
        }

        Assert.Equal(newParts + 1, files.Count);
        Assert.Equal("new 0", files["part-00000"]);
    }
}

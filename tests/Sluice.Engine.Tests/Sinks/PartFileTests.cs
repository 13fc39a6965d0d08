using Sluice.Sorting;
using Sluice.Sorting.Tests;

namespace Sluice.Engine.Tests;

public sealed class PartFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_part_that_is_given_up_and_cannot_be_deleted_does_not_hide_why()
    {
        using TestPool pool = new(2, 1024);
        string path = _folder.Write("out/part", "");
        PartFile part = PartFile.Create(path, pool.Task, 2, DiskWait.None, CancellationToken.None);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        part.Dispose();

        Assert.Equal(0, pool.Lent);
    }
}

namespace Sluice.Engine.Tests;

public sealed class SharedPathTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_missing_is_read_once_more(int madeBefore)
    {
        int tries = 0;

        string? read = SharedPath.ReadAnew(_folder["late"], () =>
        {
            if (++tries == madeBefore)
            {
                File.WriteAllText(_folder["late"], "late");
            }

            return File.ReadAllText(_folder["late"]);
        });

        Assert.Equal(madeBefore > 2 ? null : "late", read);
        Assert.Equal(Math.Min(madeBefore, 2), tries);
    }

    [Theory]
    [InlineData("here")]
    [InlineData("not/there/at/all")]
    public void Any_path_may_be_asked_for_anew(string name) => SharedPath.Refresh(_folder[name]);
}

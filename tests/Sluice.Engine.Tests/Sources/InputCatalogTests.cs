using Sluice.Jobs;

namespace Sluice.Engine.Tests;

public sealed class InputCatalogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("logs/may/a", "logs/latest/a")]
    [InlineData("logs/may", "logs/latest")]
    [InlineData("logs/latest/a", "link")]
    [InlineData("link", "logs/may")]
    [InlineData("logs/may/a", "logs/may/../may/a")]
    public void Two_ways_to_one_file_are_one_input(string one, string other)
    {
        _folder.Write("logs/may/a", "a\n");
        File.CreateSymbolicLink(_folder["link"], "logs/latest/a");
        Directory.CreateSymbolicLink(_folder["logs/latest"], "may");

        InputCatalog found = InputCatalog.Find([_folder[one], _folder[other]], RecordFormat.Lines);

        InputFile file = Assert.Single(found.Files);
        Assert.Equal(2, file.Length);
        string warning = Assert.Single(found.Warnings);
        Assert.Contains("named more than once", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_one_name_in_two_directories_are_two_inputs()
    {
        _folder.Write("one/a", "a\n");
        _folder.Write("two/a", "b\n");
        Directory.CreateSymbolicLink(_folder["three"], "two");

        InputCatalog found = InputCatalog.Find([_folder["one"], _folder["three"]], RecordFormat.Lines);

        Assert.Equal([_folder["one/a"], _folder["three/a"]], found.Files.Select(file => file.Path));
        Assert.Empty(found.Warnings);
    }

    [Fact]
    public void A_file_that_holds_more_than_its_length_says_is_refused()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            Assert.Skip("There is no /proc here.");
        }

        SluiceException thrown = Assert.Throws<SluiceException>(
            () => InputCatalog.Find([Status], RecordFormat.Lines));

        Assert.Equal("SLU1103", thrown.Error.Code);
        Assert.Contains("holds more than its length says", thrown.Error.What, StringComparison.Ordinal);
    }
}

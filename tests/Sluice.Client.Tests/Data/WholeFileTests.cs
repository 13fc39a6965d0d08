using Sluice.Jobs;

namespace Sluice.Client.Tests;

public class WholeFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_appears_while_another_is_written_is_replaced_only_when_asked_for(bool overwrite)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("out");
        int Write(Stream stream)
        {
            stream.Write("ours"u8);
            File.WriteAllText(path, "theirs");
            return 0;
        }

        Exception? thrown = Record.Exception(() => WholeFile.Write(path, overwrite, Write));

        Assert.Equal(overwrite ? null : "SLU1201", (thrown as SluiceException)?.Error.Code);
        Assert.Equal(overwrite ? "ours" : "theirs", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(directory.Path));
    }
}

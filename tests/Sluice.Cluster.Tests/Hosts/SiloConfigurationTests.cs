using Microsoft.AspNetCore.Builder;
using Sluice.Jobs;
using Sluice.Silo;

namespace Sluice.Cluster.Tests;

public sealed class SiloConfigurationTests
{
    [Fact]
    public async Task A_variable_called_config_names_no_file()
    {
        Environment.SetEnvironmentVariable("CONFIG", "/nowhere/app.yaml");
        try
        {
            await using WebApplication silo = SiloProgram.Build(["--Sluice:Slots=3"]);

            Assert.Equal("3", silo.Configuration["Sluice:Slots"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CONFIG", null);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nowhere/silo.json")]
    public void A_file_that_is_named_must_be_there(string file)
    {
        SluiceException refused =
            Assert.Throws<SluiceException>(() => SiloProgram.Build([$"--config={file}"]));

        Assert.Equal(("SLU1410", ErrorKind.Usage), (refused.Error.Code, refused.Error.Kind));
    }
}

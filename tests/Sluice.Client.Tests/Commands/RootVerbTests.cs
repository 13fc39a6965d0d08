using System.CommandLine;

namespace Sluice.Client.Tests;

/// <summary>Which verbs are made for which command line.</summary>
public sealed class RootVerbTests
{
    private static readonly ConsoleHost Host = new()
    {
        Terminal = new Terminal
        {
            Data = Stream.Null,
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            Input = () => Stream.Null,
        },
        Runner = new InProcessRunner(),
        Variable = _ => null,
    };

    [Fact]
    public void A_verb_is_made_alone_and_is_the_same_as_among_all()
    {
        foreach (Command verb in RootVerb.All(Host))
        {
            RootCommand root = RootVerb.Create(Host, [verb.Name, "--out", "sort"]);

            Command alone = Assert.Single(root.Subcommands);
            Assert.Equal(verb.Name, alone.Name);
            Assert.Equal(verb.Options.Select(one => one.Name), alone.Options.Select(one => one.Name));
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-v", "sort")]
    [InlineData("srot")]
    public void Without_a_verb_first_all_are_made(params string[] words) => Assert.Equal(
        RootVerb.All(Host).Select(verb => verb.Name),
        RootVerb.Create(Host, words).Subcommands.Select(verb => verb.Name));
}

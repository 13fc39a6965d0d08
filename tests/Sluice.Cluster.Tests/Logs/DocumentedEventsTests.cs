using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Sluice.Grains;
using Sluice.Silo;

namespace Sluice.Cluster.Tests;

/// <summary>Every line that is logged has an id of its own, and is on the page of docs as it is.</summary>
public sealed partial class DocumentedEventsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "observability.md"));

    private static readonly string[] Sources = ["src", "silo", "client", "observability"];

    private static readonly LoggerMessageAttribute[] Declared =
    [
        .. new[] { typeof(SiloEngine).Assembly, typeof(SiloProgram).Assembly, Assembly.Load("sluice") }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
                    | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>(),
    ];

    [Fact]
    public void Ids_are_unique_over_all_assemblies()
    {
        Assert.True(Declared.Length > 10, "The messages were not found.");
        Assert.Equal(Declared.Length, Declared.Select(message => message.EventId).Distinct().Count());
    }

    [Fact]
    public void The_page_lists_every_message_with_its_id_and_level_and_no_other()
    {
        string section = Page[Page.IndexOf("## Logs", StringComparison.Ordinal)..];

        Assert.Equal(
            Declared.OrderBy(message => message.EventId)
                .Select(message =>
                    $"| {message.EventId} | {message.Level} | {message.Message.Replace('{', '<').Replace('}', '>')} |"),
            Row().Matches(section).Select(row => row.Groups[1].Value));
    }

    [Fact]
    public void Nothing_is_logged_beside_the_messages()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent!;
        }

        string[] sources =
        [
            .. Sources.SelectMany(folder =>
                Directory.GetFiles(Path.Combine(root.FullName, folder), "*.cs", SearchOption.AllDirectories)),
        ];
        Assert.NotEmpty(sources);
        Assert.DoesNotContain(sources, file => PlainCall().IsMatch(File.ReadAllText(file)));
    }

    [GeneratedRegex(@"^(\| \d+ \| \w+ \| .* \|)$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainCall();
}

using System.Reflection;
using System.Text.RegularExpressions;

namespace Sluice.Observability.Tests;

/// <summary>The page of docs and the code have the same names.</summary>
public sealed partial class DocumentedNamesTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "observability.md"));

    // Names that OpenTelemetry has defined for what we have too: those are taken as they are.
    private static readonly HashSet<string> Standard = ["error.type"];

    private static HashSet<string> Declared =>
    [
        .. typeof(Telemetry).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Names", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(constant => constant.IsLiteral && constant.FieldType == typeof(string))
            .Select(constant => (string)constant.GetRawConstantValue()!),
    ];

    private static HashSet<string> Documented =>
        [.. NamesInCode().Matches(Page).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_declared_name_is_on_the_page() => Assert.Empty(Declared.Except(Documented));

    [Fact]
    public void Every_name_on_the_page_is_declared() => Assert.Empty(Documented.Except(Declared));

    [Fact]
    public void Names_are_lower_case_with_dots_and_underscores() =>
        Assert.All(Declared.Except(Standard), name => Assert.Matches("^sluice(\\.[a-z][a-z0-9_]*)+$", name));

    [GeneratedRegex("`((?:sluice|error)\\.[a-z0-9_.]+)`")]
    private static partial Regex NamesInCode();
}

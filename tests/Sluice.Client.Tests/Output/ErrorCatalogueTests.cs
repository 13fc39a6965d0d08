using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Jobs;

namespace Sluice.Client.Tests;

public sealed partial class ErrorCatalogueTests
{
    public static TheoryData<string> Factories =>
        [.. FactoriesOf(typeof(ConsoleErrors)).Select(factory => factory.Name)];

    [Theory]
    [MemberData(nameof(Factories))]
    public void Every_error_of_the_console_has_an_explained_code_and_three_texts(string name)
    {
        SluiceError error = Make(FactoriesOf(typeof(ConsoleErrors)).Single(factory => factory.Name == name));

        Assert.True(ConsoleErrors.Catalogue.ContainsKey(error.Code), $"{error.Code} is not explained.");
        Assert.NotEqual(ErrorKind.None, error.Kind);
        Assert.All([error.What, error.Where, error.Help], text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Fact]
    public void Codes_are_well_formed_and_belong_to_one_catalogue_only()
    {
        Assert.All(ConsoleErrors.Catalogue.Keys, code => Assert.Matches(CodePattern(), code));
        Assert.Empty(ConsoleErrors.Catalogue.Keys.Intersect(SluiceErrors.Catalogue.Keys));
    }

    [Fact]
    public void Every_explained_code_is_used()
    {
        IEnumerable<string> used = FactoriesOf(typeof(ConsoleErrors)).Select(factory => Make(factory).Code);

        Assert.Empty(ConsoleErrors.Catalogue.Keys.Except(used));
    }

    private static IEnumerable<MethodInfo> FactoriesOf(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.ReturnType == typeof(SluiceError));

    private static SluiceError Make(MethodInfo factory) => (SluiceError)factory.Invoke(
        null,
        [.. factory.GetParameters().Select(object? (parameter) =>
            parameter.ParameterType == typeof(Exception) ? new InvalidOperationException("cause")
            : parameter.ParameterType == typeof(int) ? 1
            : parameter.Name)])!;

    [GeneratedRegex("^SLU2[0-9]{3}$")]
    private static partial Regex CodePattern();
}

using System.Globalization;

namespace Sluice.Jobs;

/// <summary>What a job was started with: names, each with any number of values.</summary>
public sealed class JobArguments
{
    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>All names with their values, in the order of the names.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> All =>
        _values.Select(entry => KeyValuePair.Create(entry.Key, (IReadOnlyList<string>)entry.Value));

    /// <summary>Adds values to a name.</summary>
    public JobArguments Add(string name, params IEnumerable<string> values)
    {
        if (!_values.TryGetValue(name, out List<string>? known))
        {
            _values[name] = known = [];
        }

        known.AddRange(values);
        return this;
    }

    /// <summary>All values of a name; none when it was not given.</summary>
    public IReadOnlyList<string> GetAll(string name) =>
        _values.TryGetValue(name, out List<string>? values) ? values : [];

    /// <summary>The one value of a name.</summary>
    /// <exception cref="SluiceException">It was not given, or more than once.</exception>
    public string Get(string name) => Find(name) ?? throw new SluiceException(SluiceErrors.MissingArgument(name));

    /// <summary>The one value of a name, or null.</summary>
    /// <exception cref="SluiceException">It was given more than once.</exception>
    public string? Find(string name) => GetAll(name) switch
    {
        [] => null,
        [string value] => value,
        _ => throw new SluiceException(SluiceErrors.BadArgument(name, "it was given more than once")),
    };

    /// <summary>A number, or null.</summary>
    /// <exception cref="SluiceException">It is not a whole number of 32 bits.</exception>
    public int? FindInt32(string name) => Find(name) is not string text
        ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new SluiceException(SluiceErrors.BadArgument(name, $"'{text}' is not a whole number"));

    /// <summary>Whether a switch is on; it is off when it was not given.</summary>
    /// <exception cref="SluiceException">It is neither true nor false.</exception>
    public bool IsOn(string name) => Find(name) is string text &&
        (bool.TryParse(text, out bool isOn)
            ? isOn
            : throw new SluiceException(SluiceErrors.BadArgument(name, $"'{text}' is neither true nor false")));
}

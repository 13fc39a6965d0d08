using System.Collections.Concurrent;
using System.Globalization;

namespace Sluice.Jobs;

/// <summary>What a job was started with: names, each with any number of values.</summary>
/// <remarks>
/// It notes which names are asked for, so that a name that was mistyped can be told. Threading: filled at start, then
/// read by any thread.
/// </remarks>
public sealed class JobArguments
{
    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    /// <summary>All names with their values, in the order of the names.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> All
    {
        get
        {
            foreach ((string name, List<string> values) in _values)
            {
                _asked.TryAdd(name, true);
                yield return KeyValuePair.Create(name, (IReadOnlyList<string>)values);
            }
        }
    }

    /// <summary>Names that were asked for until now, in order, given or not.</summary>
    public IEnumerable<string> Asked => _asked.Keys.Order(StringComparer.Ordinal);

    /// <summary>Names that were given and that nobody has asked for until now, in order.</summary>
    public IEnumerable<string> Unasked => _values.Keys.Where(name => !_asked.ContainsKey(name));

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
    public IReadOnlyList<string> GetAll(string name)
    {
        _asked.TryAdd(name, true);
        return _values.TryGetValue(name, out List<string>? values) ? values : [];
    }

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

using System.Globalization;
using System.Net;
using System.Numerics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Sluice.Jobs;

namespace Sluice.Silo;

/// <summary>Looks at a silo's configuration before anything is made of it.</summary>
/// <remarks>
/// What cannot be read would end the silo with a stack trace, or, as an address, be passed over in silence.
/// </remarks>
internal static class SiloConfiguration
{
    public const string ClusteringProvider = "Orleans:Clustering:ProviderType";
    public const string DatabaseConnection = "Orleans:Clustering:ConnectionString";
    public const string Database = "AdoNet";
    public const string Metrics = "Sluice:Metrics";
    public const string OrleansTelemetry = "Sluice:OrleansTelemetry";
    public const string HistoryDirectory = "Sluice:HistoryDirectory";

    private const string Section = "Sluice";

    // A number alone would be taken for days.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    private static readonly (string Key, string What, Func<string, bool> IsRight)[] Keys =
    [
        ("Orleans:Endpoints:AdvertisedIPAddress", "an IP address", text => IPAddress.TryParse(text, out _)),
        ("Orleans:Endpoints:SiloPort", "a port from 1 to 65535", text => IsNumber(text, 1, ushort.MaxValue)),
        ("Orleans:Endpoints:GatewayPort", "a port, or 0 for no gateway", text => IsNumber(text, 0, ushort.MaxValue)),
        ("Urls", "addresses like http://127.0.0.1:11180", text => text.Split(';').All(IsAddress)),
        (Metrics, "true or false", text => bool.TryParse(text, out _)),
        (OrleansTelemetry, "true or false", text => bool.TryParse(text, out _)),
        ("Sluice:MemoryBytes", "a number of bytes", text => IsNumber(text, 0, long.MaxValue)),
        ("Sluice:SegmentSize", "a power of two", IsPowerOfTwo),
        ("Sluice:Slots", "a whole number from 0 on", text => IsNumber(text, 0, int.MaxValue)),
        ("Sluice:DiskWait", "a time up to a day, like 00:10:00", IsTime),
        ("Sluice:DrainTimeout", "a time up to a day, like 00:01:00", IsTime),
        ("Sluice:SpillDirectories", "a list, as Sluice:SpillDirectories:0 begins one", _ => false),
        ("Sluice:NearDirectories", "a list, as Sluice:NearDirectories:0 begins one", _ => false),
    ];

    /// <exception cref="SluiceException">A value is not what its key needs, one is missing, or there is no such
    /// key.</exception>
    public static void Check(IConfiguration configuration)
    {
        string[] known = [.. Keys.Select(key => key.Key).Where(IsOwn), HistoryDirectory];
        foreach (IConfigurationSection given in configuration.GetSection(Section).GetChildren())
        {
            if (!known.Contains(given.Path, StringComparer.OrdinalIgnoreCase))
            {
                throw new SluiceException(SluiceErrors.BadSiloConfiguration("there is no such key", given.Path) with
                {
                    Help = $"the keys are {string.Join(", ", known.Order(StringComparer.Ordinal))}",
                });
            }
        }

        foreach ((string key, string what, Func<string, bool> isRight) in Keys)
        {
            if (configuration[key] is { Length: > 0 } text && !isRight(text))
            {
                throw new SluiceException(SluiceErrors.BadSiloConfiguration($"'{text}' is not {what}", key));
            }
        }

        if (configuration[ClusteringProvider] == Database && string.IsNullOrEmpty(configuration[DatabaseConnection]))
        {
            throw new SluiceException(SluiceErrors.BadSiloConfiguration(
                $"with {Database} it must name a database", DatabaseConnection));
        }
    }

    private static bool IsOwn(string key) => key.StartsWith($"{Section}:", StringComparison.Ordinal);

    private static bool IsNumber(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number >= least && number <= most;

    private static bool IsPowerOfTwo(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && BitOperations.IsPow2(number);

    private static bool IsTime(string text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time)
        && time >= TimeSpan.Zero && time <= LongestTime;

    private static bool IsAddress(string text)
    {
        try
        {
            BindingAddress.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

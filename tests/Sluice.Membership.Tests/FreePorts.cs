using System.Net.NetworkInformation;

namespace Sluice.Membership.Tests;

/// <summary>Ports of this machine that nobody listens on, below those that the system gives out by itself.</summary>
internal static class FreePorts
{
    private const int First = 22000;
    private const int End = 23000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>So many ports in a row, given to nobody else in this process.</summary>
    public static int Row(int count)
    {
        lock (Gate)
        {
            HashSet<int> taken =
                [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
                    .Select(end => end.Port), .. Given];
            while (true)
            {
                int[] row = [.. Enumerable.Range(Random.Shared.Next(First, End - count), count)];
                if (!row.Any(taken.Contains))
                {
                    Given.UnionWith(row);
                    return row[0];
                }
            }
        }
    }
}

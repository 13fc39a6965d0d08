using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sluice.Jobs;

namespace Sluice.Client;

/// <summary>`sluice gen gensort|words`: input to try things with.</summary>
internal sealed class GenCommand : Command
{
    public GenCommand(ConsoleHost host)
        : base("gen", "Generate input")
    {
        Add(new GenGensortCommand(host));
        Add(new GenWordsCommand(host));
    }
}

/// <summary>What both generators share.</summary>
internal abstract class GenVerb : Verb
{
    private readonly Option<string?> _records = new("--records", "-n")
    {
        Description = "How many; '_' may stand between digits",
        HelpName = "N",
        Required = true,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "File to write; it appears when it is complete. - is standard output",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace an existing file once the new one is complete",
    };

    protected GenVerb(ConsoleHost host, string kind, string description)
        : base(host, kind, description)
    {
        Add(_records);
        Add(_out);
        Add(_overwrite);
    }

    /// <summary>About how many bytes the whole will have, for the progress.</summary>
    protected abstract long Expect(long records);

    /// <summary>Writes them.</summary>
    protected abstract GeneratedData Generate(
        VerbCall call,
        long records,
        Stream output,
        IProgress<long> progress,
        CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(VerbCall call, CancellationToken cancellationToken)
    {
        long records = call.Number(_records) ?? 0;
        string output = UsageCheck.RequirePath(call.Parse.GetValue(_out)!, _out.Name);
        bool isStream = output == JobOrder.Stream;
        string path = isStream ? output : Path.GetFullPath(output);
        if (!isStream && Directory.Exists(path))
        {
            throw new SluiceException(ConsoleErrors.CannotWrite(path, "it is a directory") with
            {
                Kind = ErrorKind.Conflict,
                Help = "name a file",
            });
        }

        bool overwrite = call.Parse.GetValue(_overwrite);
        long start = Stopwatch.GetTimestamp();
        GeneratedData data;
        try
        {
            await using ProgressView view = ProgressView.Open(call.Terminal, call.Style);
            ByteProgressAdapter progress = new($"gen {Name}", Expect(records), view);
            GeneratedData Write(Stream stream) => Generate(call, records, stream, progress, cancellationToken);
            data = await Task.Run(
                () => isStream ? Write(call.Terminal.Data) : WholeFile.Write(path, overwrite, Write),
                CancellationToken.None);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException
            or (IOException and not (ClosedPipeException or StandardOutputException)))
        {
            throw new SluiceException(ConsoleErrors.FileUnwritable(path, exception), exception);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new SluiceException(
                ConsoleErrors.BadValue(
                    Convert.ToString(exception.ActualValue, CultureInfo.InvariantCulture) ?? "",
                    "a number that fits",
                    $"sluice gen {Name}",
                    "1000"),
                exception);
        }

        Print(call, isStream, new GeneratedJson(
            "sluice.generated/1",
            Name,
            path,
            data.Records,
            data.Bytes,
            Hex(data.Checksum),
            Stopwatch.GetElapsedTime(start).TotalSeconds));
        return 0;
    }

    private static void Print(VerbCall call, bool isAside, GeneratedJson data)
    {
        if (isAside && call.Style.IsQuiet)
        {
            return;
        }

        DataPrinter printer = isAside ? call.AsidePrinter : call.Printer;
        printer.Print(data, json => json.GeneratedJson, console => Tables.Facts(
            console,
            ("records", ByteText.OfCount(data.Records)),
            ("bytes",
                $"{ByteText.OfBytes(data.Bytes)} in {ByteText.OfSeconds(data.Seconds)}, " +
                    $"{ByteText.OfRate(data.Bytes, data.Seconds)}"),
            ("checksum", data.Checksum),
            ("file", data.Output)));
    }

    private static string Hex(UInt128 checksum) => checksum.ToString("x", CultureInfo.InvariantCulture);
}

using System.Buffers;

namespace Sluice.Buffers.Tests;

/// <summary>What an input view can lie over.</summary>
public enum InputKind
{
    Pages,
    Sequence,
    SeekableStream,
    NetworkStream,
}

/// <summary>A view of given bytes, cut into pieces of a given size.</summary>
internal sealed class OpenedInput : IDisposable
{
    private readonly Pages? _pages;

    public OpenedInput(InputKind kind, byte[] bytes, int pieceSize)
    {
        switch (kind)
        {
            case InputKind.Pages:
                _pages = Pages.ForBytes(bytes.Length, pieceSize);
                new SegmentOutputView(_pages.Segments).Write(bytes);
                View = new SegmentInputView(_pages.Segments, 0, bytes.Length);
                break;
            case InputKind.Sequence:
                View = new SequenceInputView(Piece.Cut(bytes, pieceSize));
                break;
            case InputKind.SeekableStream:
                // It does not stand at its start, so that the two ways to count are told apart.
                View = new StreamInputView(new MemoryStream([1, 2, 3, .. bytes]) { Position = 3 }, pieceSize);
                break;
            default:
                View = new StreamInputView(new PiecemealStream(bytes, pieceSize), pieceSize + 1);
                break;
        }
    }

    /// <summary>Every kind with every size from 1 to 17.</summary>
    public static TheoryData<InputKind, int> KindsAndSizes =>
        [.. Enum.GetValues<InputKind>().SelectMany(_ => Enumerable.Range(1, 17), (kind, size) => (kind, size))];

    public IDataInputView View { get; }

    public void Dispose() => _pages?.Dispose();

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        /// <summary>A sequence with a piece of no bytes before each other one, and one at the end.</summary>
        public static ReadOnlySequence<byte> Cut(byte[] bytes, int size)
        {
            var first = new Piece();
            Piece last = first;
            for (int offset = 0; offset < bytes.Length; offset += size)
            {
                last = last.Append(bytes.AsMemory(offset, Math.Min(size, bytes.Length - offset)));
                last = last.Append(default);
            }

            return new ReadOnlySequence<byte>(first, 0, last, 0);
        }

        private Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece { Memory = memory, RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sluice.Buffers;

/// <summary>Text in any view, as UTF-8: strings with their length in front, and lines.</summary>
/// <remarks>
/// Text that is not valid is refused in both directions and never replaced: half a surrogate pair on write, bytes that
/// are no UTF-8 on read. A failed read or write leaves the position where it was.
/// </remarks>
[SuppressMessage("Naming", "CA1708", Justification = "Two extension blocks are not two names.")]
public static class TextViews
{
    // Texts up to this size are gathered on the stack, larger ones in a rented array.
    private const int StackSize = 512;

    private static readonly UTF8Encoding s_strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    extension(IDataOutputView view)
    {
        /// <summary>The count of UTF-8 bytes as a varint of 32 bits, then the bytes.</summary>
        /// <exception cref="EncoderFallbackException">The text holds half a surrogate pair; the message says
        /// where.</exception>
        /// <exception cref="OverflowException">The text has more bytes than an array holds.</exception>
        public void WriteString(ReadOnlySpan<char> text)
        {
            int length = s_strict.GetByteCount(text);
            int size = checked(VarInt.MaximumSize64 + length);
            byte[]? rented = null;
            Span<byte> bytes = size <= StackSize
                ? stackalloc byte[StackSize]
                : rented = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                // Prefix and text are written as one, so that both are there or neither.
                int prefix = VarInt.Write(bytes, (uint)length);
                view.Write(bytes[..(prefix + s_strict.GetBytes(text, bytes[prefix..]))]);
            }
            finally
            {
                Return(rented);
            }
        }
    }

    extension(IDataInputView view)
    {
        /// <summary>Reads what <see cref="WriteString"/> wrote.</summary>
        /// <exception cref="EndOfStreamException">The view ends inside the length or the text.</exception>
        /// <exception cref="InvalidDataException">The length is no length, or the bytes are no UTF-8.</exception>
        public string ReadString()
        {
            int prefix = view.PeekVariable(32, out ulong length);
            if (length > (ulong)(int.MaxValue - prefix))
            {
                throw new InvalidDataException($"A string of {length} bytes is longer than any that can be written.");
            }

            // Only what is there is made room for, whatever the length claims.
            int size = prefix + (int)length;
            if (!view.Has(size))
            {
                throw new EndOfStreamException(
                    $"A string of {length} bytes at position {view.Position} goes on behind the view's end.");
            }

            string text = view.Decode(prefix, size);
            view.Skip(size);
            return text;
        }

        /// <summary>
        /// Reads up to the next line feed, which is taken but not returned, nor is a carriage return before it. Without
        /// a line feed the rest is the last line. An empty line is an empty string, and not the end.
        /// </summary>
        /// <returns>Whether there was a line; false only at the end.</returns>
        /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
        public bool TryReadLine([NotNullWhen(true)] out string? line)
        {
            line = null;
            int size = view.PeekLine(out int length);
            if (size == 0)
            {
                return false;
            }

            line = view.Decode(0, length);
            view.Skip(size);
            return true;
        }

        /// <summary>The bytes of the next line with its end, if it has one, and without; 0 at the view's end.</summary>
        private int PeekLine(out int length)
        {
            ReadOnlySpan<byte> piece = view.Peek();
            int size = FindLine(piece, out length);
            if (size > 0 || piece.IsEmpty)
            {
                return size;
            }

            // It goes on in another piece: ever more of it is gathered, twice as much each time.
            byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(StackSize, checked(2 * piece.Length)));
            try
            {
                while (true)
                {
                    int count = view.Peek(rented);
                    size = FindLine(rented.AsSpan(0, count), out length);
                    if (size > 0)
                    {
                        return size;
                    }

                    if (count < rented.Length)
                    {
                        return length = count;
                    }

                    byte[] larger = ArrayPool<byte>.Shared.Rent(checked(2 * rented.Length));
                    ArrayPool<byte>.Shared.Return(rented);
                    rented = larger;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        /// <summary>
        /// The next bytes up to <paramref name="end"/> as text, without the first few; they must be there.
        /// </summary>
        private string Decode(int start, int end)
        {
            scoped ReadOnlySpan<byte> piece = view.Peek();
            byte[]? rented = null;
            Span<byte> gathered = piece.Length >= end ? []
                : end <= StackSize ? stackalloc byte[StackSize]
                : rented = ArrayPool<byte>.Shared.Rent(end);
            if (piece.Length < end)
            {
                view.Peek(gathered[..end]);
                piece = gathered;
            }

            try
            {
                return s_strict.GetString(piece[start..end]);
            }
            catch (DecoderFallbackException failure)
            {
                throw new InvalidDataException(
                    $"The text of {end - start} bytes at position {view.Position + start} is no UTF-8.", failure);
            }
            finally
            {
                Return(rented);
            }
        }
    }

    /// <summary>The bytes up to the first line feed with it, and those of the text before it; 0 without one.</summary>
    private static int FindLine(ReadOnlySpan<byte> bytes, out int length)
    {
        int at = bytes.IndexOf((byte)'\n');
        length = at > 0 && bytes[at - 1] == '\r' ? at - 1 : Math.Max(at, 0);
        return at + 1;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

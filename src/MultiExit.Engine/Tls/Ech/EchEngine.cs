using System.Buffers;
using System.Security.Authentication;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>One side of a TLS connection over memory: bytes of the wire go in and come out, no member waits.</summary>
/// <remarks>Every member may be called from any thread. A lock keeps the library to one thread at a time; it only encloses
/// computation, and both directions of a connection are seldom busy at the same moment.</remarks>
internal abstract class EchEngine : IDisposable
{
    /// <summary>No bytes can be read before more bytes of the wire have come in.</summary>
    public const int NeedsInput = -1;

    /// <summary>The most plain bytes of a record (RFC 8446 section 5.1).</summary>
    protected const int MaxFragment = 1 << 14;

    // Header, content type, tag, and room to spare (RFC 8446 section 5.2 allows 256 in all).
    private const int RecordOverhead = 256;

    // The most bytes of answers to a peer that reads nothing.
    private const int MaxUnsent = 256 * 1024;

    private readonly Lock _lock = new();
    private EchOutput _output;
    private byte[]? _input;
    private int _inputStart;
    private int _inputEnd;
    private bool _wireEnded;
    private bool _endSeen;
    private bool _disposed;

    /// <summary>Whether bytes wait to be sent.</summary>
    public bool HasOutput
    {
        get
        {
            lock (_lock) return _output.Length > 0;
        }
    }

    /// <summary>Goes on with the handshake.</summary>
    /// <returns>True when it is complete; false when it needs input.</returns>
    /// <exception cref="EchRejectedException">The server proved to be the public name and did not accept ECH.</exception>
    /// <exception cref="AuthenticationException">It failed.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public bool Handshake()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return HandshakeCore();
        }
    }

    /// <summary>Reads plain bytes.</summary>
    /// <param name="buffer">The buffer for them; when it is empty, 0 means that bytes or the end can be read.</param>
    /// <returns>How many; 0 at the end of the peer's direction; <see cref="NeedsInput"/>.</returns>
    /// <exception cref="IOException">The connection was cut off without close_notify, or is broken.</exception>
    public int Read(Span<byte> buffer)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (buffer.IsEmpty)
            {
                Span<byte> one = stackalloc byte[1];
                return Checked(PeekCore(one)) == NeedsInput ? NeedsInput : 0;
            }
            int total = 0;
            do
            {
                int read = ReadCore(buffer[total..]);
                if (read > 0) total += read;
                else if (total == 0) return Checked(read);
                else break;
            }
            while (total < buffer.Length && _input is not null);
            return total;
        }
    }

    /// <summary>Encrypts bytes; they wait to be sent.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _output.Reserve(bytes.Length + (bytes.Length / MaxFragment + 1) * RecordOverhead);
            WriteCore(bytes);
        }
    }

    /// <summary>Puts close_notify after the bytes that wait to be sent.</summary>
    public void CompleteWrites()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CompleteWritesCore();
        }
    }

    /// <summary>Hands in bytes of the wire. Only after <see cref="NeedsInput"/>: then all earlier ones have been used.</summary>
    /// <param name="rented">An array of the pool, which the engine takes over.</param>
    /// <param name="count">How many bytes; 0 for the end of the wire.</param>
    public void SetInput(byte[] rented, int count)
    {
        lock (_lock)
        {
            if (count == 0 || _disposed)
            {
                _wireEnded = true;
                ArrayPool<byte>.Shared.Return(rented);
                return;
            }
            _input = rented;
            _inputStart = 0;
            _inputEnd = count;
        }
    }

    /// <summary>Hands out the bytes that wait to be sent; the caller returns the array to the pool.</summary>
    public bool TryTakeOutput(out ArraySegment<byte> output)
    {
        lock (_lock)
        {
            output = _output.Length > 0 ? _output.Take() : default;
            return output.Array is not null;
        }
    }

    /// <summary>Frees everything that the library holds.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            Free();
            if (_output.Take().Array is { } unsent) ArrayPool<byte>.Shared.Return(unsent);
            ReleaseInput();
        }
    }

    /// <summary>Whether the library has reached the end of the wire.</summary>
    internal bool EndSeen => _endSeen;

    protected abstract bool HandshakeCore();

    protected abstract int ReadCore(Span<byte> buffer);

    /// <summary>Like <see cref="ReadCore"/>, and leaves the bytes to be read again.</summary>
    protected abstract int PeekCore(Span<byte> buffer);

    protected abstract void WriteCore(ReadOnlySpan<byte> bytes);

    protected abstract void CompleteWritesCore();

    protected abstract void Free();

    /// <summary>For the library, which asks during the calls above: gives it bytes of the wire.</summary>
    /// <returns>How many; 0 at the end of the wire; <see cref="NeedsInput"/>.</returns>
    internal int GiveInput(Span<byte> target)
    {
        if (_input is null)
        {
            _endSeen |= _wireEnded;
            return _wireEnded ? 0 : NeedsInput;
        }
        int count = Math.Min(target.Length, _inputEnd - _inputStart);
        _input.AsSpan(_inputStart, count).CopyTo(target);
        _inputStart += count;
        if (_inputStart == _inputEnd) ReleaseInput();
        return count;
    }

    /// <summary>For the library: takes bytes for the wire.</summary>
    /// <returns>False when too many wait already.</returns>
    internal bool TakeOutput(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length > MaxUnsent) return false;
        _output.Append(bytes);
        return true;
    }

    // Both close_notify and a bare FIN come as 0; only the first says that nothing was cut off (RFC 8446 section 6.1).
    private int Checked(int read) => read == 0 && _endSeen
        ? throw new IOException("the peer ended the connection without close_notify: it was cut off, or the peer failed")
        : read;

    private void ReleaseInput()
    {
        if (_input is not null) ArrayPool<byte>.Shared.Return(_input);
        _input = null;
    }
}

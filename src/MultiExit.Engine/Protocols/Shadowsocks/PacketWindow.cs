using System.Collections;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The numbers of datagrams that have come in a session, so that none is taken twice: a window behind the highest one (as RFC 6479 has it). Not
/// thread-safe.</summary>
internal sealed class PacketWindow
{
    /// <summary>How far behind the highest number one may be.</summary>
    public const int Size = 2048;

    private readonly BitArray _seen = new(Size);
    private ulong _next; // one above the highest

    /// <summary>Whether a number is new; what is older than the window is not.</summary>
    public bool IsNew(ulong number) => number >= _next || (_next - number <= Size && !_seen[(int)(number % Size)]);

    /// <summary>Remembers a number, once its datagram is known to be genuine.</summary>
    /// <returns>False when it is not new.</returns>
    public bool TryAdd(ulong number)
    {
        if (!IsNew(number) || number == ulong.MaxValue) return false;
        if (number >= _next)
        {
            if (number - _next >= Size) _seen.SetAll(false);
            else
                for (ulong passed = _next; passed < number; passed++) _seen[(int)(passed % Size)] = false;
            _next = number + 1;
        }
        _seen[(int)(number % Size)] = true;
        return true;
    }
}

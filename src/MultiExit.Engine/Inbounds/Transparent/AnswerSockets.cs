using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>The sockets that answers leave from: each is bound to the address that a client has sent to, which is another host's. Clients that send to
/// the same place share one. Thread-safe.</summary>
/// <remarks>There are at most 1,024: beyond that the one that was used the longest ago is closed, and opened again for its next answer. One that no
/// client needs any more is closed at once.</remarks>
internal sealed class AnswerSockets(ITransport transport)
{
    /// <summary>The most sockets at a time.</summary>
    internal const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, AnswerSocket> _open = [];
    private readonly LinkedList<AnswerSocket> _byUse = new();

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>The socket of an address, for a client that does not hold it yet.</summary>
    /// <exception cref="SocketException">It cannot be opened.</exception>
    public AnswerSocket Hold(IPEndPoint address)
    {
        AnswerSocket? surplus = null;
        try
        {
            lock (_lock)
            {
                if (!_open.TryGetValue(address, out AnswerSocket? found))
                {
                    found = new AnswerSocket(transport.BindUdp(address, new SocketRoute(Transparent: true, SharesAddress: true)), address);
                    if (_open.Count == Capacity) surplus = Remove(_byUse.First!.Value);
                    _open[address] = found;
                    found.Place = _byUse.AddLast(found);
                }
                found.Holders++;
                return found;
            }
        }
        finally
        {
            surplus?.Socket.Dispose();
        }
    }

    /// <summary>A socket that a client holds is used now.</summary>
    /// <returns>False when it was closed meanwhile, to make room.</returns>
    public bool Use(AnswerSocket socket)
    {
        lock (_lock)
        {
            if (socket.Place is not { } place) return false;
            _byUse.Remove(place);
            _byUse.AddLast(place);
            return true;
        }
    }

    /// <summary>A client needs it no more.</summary>
    public void Release(AnswerSocket socket)
    {
        lock (_lock)
        {
            if (--socket.Holders > 0 || socket.Place is null) return;
            Remove(socket);
        }
        socket.Socket.Dispose();
    }

    private AnswerSocket Remove(AnswerSocket socket)
    {
        _open.Remove(socket.Address);
        _byUse.Remove(socket.Place!);
        socket.Place = null;
        return socket;
    }
}

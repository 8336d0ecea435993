using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;

namespace MultiExit.Engine.Dispatching;

/// <summary>One destination of a UDP association: its datagrams in their order, and the route that they take. All but
/// <see cref="Route"/> belongs to the lock of its <see cref="UdpLanes"/>.</summary>
internal sealed class UdpLane(Destination destination)
{
    public Destination Destination { get; } = destination;

    /// <summary>The route; null before the first datagram, and where another choice is due.</summary>
    public volatile Route? Route;

    /// <summary>The datagrams that wait behind the one that is being sent, in arrays of the shared pool.</summary>
    public Queue<(byte[] Data, int Length)> Waiting { get; } = new();

    /// <summary>Bytes in the queue and in the datagram that is being sent.</summary>
    public int Bytes { get; set; }

    /// <summary>Whether a datagram is being sent.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether it was ended to make room.</summary>
    public bool HasEnded { get; set; }

    /// <summary>When the datagram that is being sent was begun, or the last one was done (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long Since { get; set; }

    /// <summary>Canceled when the lane ends.</summary>
    public CancellationTokenSource Ended { get; } = new();
}

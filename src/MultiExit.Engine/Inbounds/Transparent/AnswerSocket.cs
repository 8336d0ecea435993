using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>One of the <see cref="AnswerSockets"/>, which change it under their lock.</summary>
/// <param name="socket">The socket.</param>
/// <param name="address">The address it is bound to.</param>
internal sealed class AnswerSocket(UdpSocket socket, IPEndPoint address)
{
    public UdpSocket Socket => socket;

    public IPEndPoint Address => address;

    /// <summary>How many clients hold it.</summary>
    public int Holders { get; set; }

    /// <summary>Its place among those that are open, by their last use; null once it is closed.</summary>
    public LinkedListNode<AnswerSocket>? Place { get; set; }
}

using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>A connection broke. The system's words are asked for only when somebody reads them.</summary>
/// <param name="cause">The error of the system.</param>
internal sealed class BrokenConnectionException(SocketException cause) : IOException(null, cause)
{
    public override string Message => InnerException!.Message;
}

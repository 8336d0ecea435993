using System.Net;

namespace MultiExit.Engine.Inbounds;

/// <summary>A socket that an inbound serves clients on. It is a value: where a reload's inbound asks for an equal one, the socket stays.</summary>
/// <param name="EndPoint">The address; port 0 picks a free one.</param>
internal abstract record ListenPort(IPEndPoint EndPoint)
{
    /// <summary>Whether any socket that is bound to the address will do.</summary>
    public virtual bool IsPlain => true;
}

using System.Net;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Who is told of limits that only say what they would do.</summary>
internal interface ILimitReports
{
    /// <summary>A limit with <c>shadow: true</c> would have refused a client.</summary>
    /// <param name="limit">Its key.</param>
    /// <param name="client">The client.</param>
    /// <param name="reason">The refusal as a sentence.</param>
    void WouldRefuse(string limit, IPEndPoint client, string reason);

    /// <summary>A bandwidth with <c>shadow: true</c> would have held a session back.</summary>
    /// <param name="limit">Its key.</param>
    /// <param name="client">The client.</param>
    /// <param name="bytesPerSecond">The bandwidth.</param>
    /// <param name="held">For how long.</param>
    /// <param name="first">Whether it is the first time that it would have held this session back in this direction.</param>
    void WouldHold(string limit, IPEndPoint client, long bytesPerSecond, TimeSpan held, bool first);
}

using System.Net;

namespace MultiExit.Engine.Inbounds;

/// <summary>What the datagrams of one client have in common.</summary>
/// <param name="EndPoint">Its address and port; null where the protocol knows it by something else.</param>
/// <param name="Session">The session that its protocol gives it.</param>
/// <param name="User">Whose session that is.</param>
internal readonly record struct DatagramClient(IPEndPoint? EndPoint, ulong Session = 0, UInt128 User = default);

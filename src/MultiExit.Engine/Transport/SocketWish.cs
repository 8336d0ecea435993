using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>A socket that a configuration needs.</summary>
/// <param name="Purpose">What it is for; the same for each process that needs it.</param>
/// <param name="EndPoint">The address.</param>
/// <param name="IsDatagram">Whether it takes datagrams.</param>
/// <param name="IsPlain">Whether any socket with that address will do; otherwise it has options that only this program gives it.</param>
internal readonly record struct SocketWish(string Purpose, IPEndPoint EndPoint, bool IsDatagram, bool IsPlain)
{
    /// <summary>Whether a socket that the manager gives is the one.</summary>
    public bool IsMetBy(ServiceSocket socket) =>
        IsDatagram == socket.IsDatagram
        && ((socket.IsStored && socket.Name == ServiceStore.NameOf(Purpose)) || (IsPlain && EndPoint.Equals(socket.EndPoint)));
}

namespace MultiExit.Engine.Transport.Linux;

/// <summary>Something with a descriptor in an epoll set.</summary>
internal interface IEpollTarget
{
    /// <summary>Called on the reactor thread with the events that occurred. May be called spuriously; must not block or throw.</summary>
    void OnEvents(uint events);
}

namespace MultiExit.Engine.Events;

/// <summary>A way to tell an event.</summary>
internal interface INotice : IDisposable
{
    /// <summary>Tells one event.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="body">The event as JSON.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NoticeException">It was not taken.</exception>
    Task TellAsync(string type, string body, CancellationToken cancellationToken);
}

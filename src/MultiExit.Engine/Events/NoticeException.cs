namespace MultiExit.Engine.Events;

/// <summary>An event was not taken.</summary>
/// <param name="message">Why, in words.</param>
/// <param name="mayPass">Whether another attempt may succeed.</param>
/// <param name="inner">The cause.</param>
internal sealed class NoticeException(string message, bool mayPass, Exception? inner = null) : Exception(message, inner)
{
    public bool MayPass => mayPass;
}

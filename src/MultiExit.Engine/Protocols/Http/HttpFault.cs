namespace MultiExit.Engine.Protocols.Http;

/// <summary>Why a message is not acceptable: the status a server answers with, and a sentence without anything the peer sent.</summary>
/// <param name="Status">The status code; 0: no fault.</param>
/// <param name="Text">The reason in words.</param>
internal readonly record struct HttpFault(int Status, string Text)
{
    public bool IsNone => Status == 0;

    public static HttpFault Bad(string text) => new(400, text);
}

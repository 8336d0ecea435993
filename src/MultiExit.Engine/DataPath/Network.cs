namespace MultiExit.Engine.DataPath;

/// <summary>The kind of traffic that a request asks for.</summary>
internal enum Network : byte
{
    Tcp,
    Udp,
}

namespace MultiExit.Host;

internal enum HostSignal
{
    Stop,
    HangUp,
}

namespace MultiExit.Engine.Diagnostics;

/// <content>A process that takes the place of another one.</content>
internal sealed partial class EngineLog
{
    public void TookOver(int process, int sessions) =>
        Main.Information("MX1126 this process has taken the place of process {Process}, which drains its sessions: {Sessions}", process, sessions);

    public void HandedOver(int process, string? socket) => Main.Information(
        "MX1127 process {Process} has taken the place of this one, which drains its sessions; it is reached at {Socket}", process, socket ?? "no socket");

    public void TakeoverFailed(string reason) =>
        Main.Warning("MX1128 no process has taken the place of this one, which goes on: {Reason}", LogText.Clean(reason));

    public void SecondSocketMissing(string reason) =>
        Main.Warning("MX1129 the sessions that drain cannot be seen over a control socket: {Reason}", LogText.Clean(reason));

    public void SuccessorGone(string reason) => Main.Warning(
        "MX3014 the process that took the place of this one does not answer; sessions that end from here on leave no records: {Reason}", LogText.Clean(reason));
}

using System.Net;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Tests.Services;

/// <summary>A systemctl that keeps the commands that change something, and shows what it is told to.</summary>
internal sealed class FakeSystemd : ICommandRunner
{
    public List<string> Changes { get; } = [];

    public string? Failing { get; set; }

    public string Shown { get; set; } = "Id=multiexit@edge.service\nLoadState=loaded\nActiveState=active\n\nId=multiexit@hub.service\nLoadState=loaded\n";

    public bool MayChangeNetwork => false;

    public bool Has(string program) => program == "systemctl";

    public bool IsOnHost(IPAddress address) => false;

    public IReadOnlyList<IPAddress> AddressesOf(string device) => [];

    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        Assert.Equal("systemctl", program);
        if (arguments[0] == Failing) return Task.FromResult(new CommandResult(1, "", "Job failed."));
        string output = "";
        switch (arguments[0])
        {
            case "show": output = Shown; break;
            case "list-units": output = "multiexit@edge.service loaded active running MultiExit\nmultiexit@gone.service not-found inactive dead x\n"; break;
            default: Changes.Add(string.Join(' ', arguments)); break;
        }
        return Task.FromResult(new CommandResult(0, output, ""));
    }

    public string? ReadSetting(string path) => null;

    public void WriteSetting(string path, string value) => throw new NotSupportedException();
}

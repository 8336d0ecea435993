using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets for policy routing and source NAT.</summary>
public abstract class SnatCommand : ConfigFileCommand
{
    private protected sealed override void Process(string file, string target)
    {
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (result.IsValid) Process(file, target, result.Config, new SnatManager(result.Config));
        else WriteError(NewError(result, target));
    }

    private protected abstract void Process(string file, string target, GatewayConfig config, SnatManager manager);

    private protected void WriteExits(string file, GatewayConfig config, SnatManager manager)
    {
        SnatStatus status = Await(manager.GetStatusAsync);
        foreach (SnatExitStatus exit in status.Exits)
            WriteObject(new MxSnat(file, config.Name, status.Backend, exit));
    }
}

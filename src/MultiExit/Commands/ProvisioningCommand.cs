using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets for what is set up on the system: source NAT, and redirecting.</summary>
public abstract class ProvisioningCommand : ConfigFileCommand
{
    private protected sealed override void Process(string file, string target)
    {
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (result.IsValid) Process(file, target, result.Config);
        else WriteError(NewError(result, target));
    }

    private protected abstract void Process(string file, string target, GatewayConfig config);

    private protected void WriteExits(string file, GatewayConfig config)
    {
        SnatStatus status = Await(new SnatManager(config).GetStatusAsync);
        foreach (SnatExitStatus exit in status.Exits)
            WriteObject(new MxSnat(file, config.Name, status.Backend, exit));
    }

    private protected void WriteInbounds(string file, GatewayConfig config)
    {
        RedirectStatus status = Await(new RedirectManager(config).GetStatusAsync);
        foreach (RedirectInboundStatus inbound in status.Inbounds)
            WriteObject(new MxRedirect(file, config.Name, inbound));
    }
}

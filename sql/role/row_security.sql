-- Hides what is under embargo, where anything is: owners and writers see all, everyone else what no embargo hides.
--
-- Views ask as whoever reads them (security_invoker), so that they hide the same.
--
-- Read by: warehouse db upgrade, whenever anything was installed.
REVOKE EXECUTE ON FUNCTION fn.enforce_embargoes, fn.clear_statistics, fn.embargo_condition FROM public;
SELECT fn.enforce_embargoes();

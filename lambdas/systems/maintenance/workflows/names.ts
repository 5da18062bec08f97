export const VEHICLE_WORKFLOW = 'maintenance.vehicle';
export const INSIGHTS_WORKFLOW = 'maintenance.fleet-insights';
